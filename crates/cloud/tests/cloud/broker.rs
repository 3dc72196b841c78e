//! The true Mosquitto with the configuration that `docs/mqtt.md` gives, on a free port for one test, and devices that
//! publish to it.

use crate::emulator::{PATIENCE, free_port, program};
use refill_cloud::config::MqttConfig;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const GUIDE: &str = include_str!("../../../../docs/mqtt.md");

/// The text between a fence of this kind and the next.
fn fenced(kind: &str) -> &'static str {
    let (_, rest) = GUIDE.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

pub struct Broker {
    pub port: u16,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Broker {
    /// Set up, not started.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(path.join("server.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(path.join("server.key"), key.serialize_pem()).unwrap();
        let this = Self { port: free_port(), child: None, folder };
        this.access(fenced("acl"));
        let listen = format!("listener {} 127.0.0.1", this.port);
        let here = format!("{}/", path.display());
        let conf = fenced("conf").replace("listener 8883", &listen).replace("/etc/mosquitto/refill/", &here);
        let conf = conf.replace("/var/lib/mosquitto/", &here);
        // As root it would change to a user who may not write here.
        std::fs::write(path.join("mosquitto.conf"), format!("{conf}\nuser root\n")).unwrap();
        this
    }

    /// Sets who may do what.
    pub fn access(&self, list: &str) {
        std::fs::write(self.folder.path().join("acl"), list).unwrap();
    }

    /// Lets somebody in; before it starts.
    pub async fn add(&self, user: &str, password: &str) {
        let file = self.folder.path().join("passwords");
        let mut command = Command::new(found("mosquitto_passwd"));
        if !file.exists() {
            command.arg("-c");
        }
        let added = command.arg("-b").arg(&file).args([user, password]).output().await.unwrap();
        assert!(added.status.success(), "{added:?}");
    }

    pub async fn start(&mut self) {
        let mut child = Command::new(found("mosquitto"))
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let ready = async {
            let mut look = tokio::time::interval(Duration::from_millis(20));
            while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                assert!(child.try_wait().unwrap().is_none(), "mosquitto ended");
                look.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("mosquitto does not listen");
        assert!(child.try_wait().unwrap().is_none(), "another program listens on its port");
        self.child = Some(child);
    }

    /// Ends it in order, so that it keeps what it has.
    pub async fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    }

    /// The way to it, encrypted.
    pub fn way(&self) -> MqttConfig {
        let mut config = MqttConfig::at(&format!("mqtts://127.0.0.1:{}", self.port)).unwrap();
        config.authorities = Some(PathBuf::from("server.pem"));
        config.read_files(self.folder.path()).unwrap();
        config
    }
}

fn found(name: &str) -> PathBuf {
    let places = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"].map(PathBuf::from);
    program(name, &places).unwrap_or_else(|| {
        panic!("The tests of MQTT need {name}, of Debian's package mosquitto: run `npm test`, or install it")
    })
}

/// No two at one broker may have the same name.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Somebody at the broker, who comes back when it was away.
pub struct Client {
    pub client: AsyncClient,
    heard: mpsc::UnboundedReceiver<(String, Vec<u8>)>,
    written: mpsc::UnboundedReceiver<()>,
    _tasks: JoinSet<()>,
}

impl Client {
    /// Signs in and listens to these topics.
    pub async fn new(broker: &Broker, user: &str, password: &str, topics: &[&str]) -> Self {
        let mut options = MqttOptions::new(
            format!("test-{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
            "127.0.0.1",
            broker.port,
        );
        // Verdicts wait for it too.
        options.set_credentials(user, password).set_clean_session(false);
        options.set_max_packet_size(1 << 24, 1 << 24);
        let tls = broker.way().tls().unwrap().clone();
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
        let (client, mut events) = AsyncClient::new(options, 10_000);
        let (say, heard) = mpsc::unbounded_channel();
        let (wrote, written) = mpsc::unbounded_channel();
        let (ready, mut is_ready) = mpsc::unbounded_channel();
        let wanted: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        let mut tasks = JoinSet::new();
        let asking = client.clone();
        tasks.spawn(async move {
            let mut again = tokio::time::interval(Duration::from_millis(50));
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        for topic in &wanted {
                            asking.try_subscribe(topic.as_str(), QoS::AtLeastOnce).unwrap();
                        }
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => ready.send(()).unwrap_or_default(),
                    Ok(Event::Incoming(Packet::PubAck(_))) => wrote.send(()).unwrap_or_default(),
                    Ok(Event::Incoming(Packet::Publish(of))) => {
                        say.send((of.topic, of.payload.to_vec())).unwrap_or_default();
                    }
                    Ok(_) => {}
                    Err(_) => {
                        again.tick().await;
                    }
                }
            }
        });
        for _ in topics {
            tokio::time::timeout(PATIENCE, is_ready.recv()).await.expect("no subscription").unwrap();
        }
        Self { client, heard, written, _tasks: tasks }
    }

    /// Publishes, and waits until the broker has it.
    pub async fn publish(&mut self, topic: &str, body: impl Into<Vec<u8>>) {
        self.client.try_publish(topic, QoS::AtLeastOnce, false, body).unwrap();
        tokio::time::timeout(PATIENCE, self.written.recv()).await.expect("not taken").unwrap();
    }

    /// What comes next.
    pub async fn next(&mut self) -> (String, Value) {
        let (topic, body) =
            tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("silence").unwrap();
        (topic, serde_json::from_slice(&body).unwrap())
    }
}
