//! Amazon SQS as `moto_server` plays it (nobody here wrote that), on a free port for one test, and a subscriber of the
//! sandbox's topic that keeps the signed messages, so that a test can put them into a queue as SNS would.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

pub const REGION: &str = "us-east-1";
pub const KEY: (&str, &str) = ("AKIDEXAMPLE", "CANARY-secret-of-aws");

/// How long anything here may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A port that nobody listens on, given once: below those that systems hand out by themselves, so that no connection
/// takes it before the program that is to listen there does.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(61).wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(number % 12_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A program on the search path, or in one of these places.
pub fn program(name: &str, places: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).chain(places.iter().cloned()).map(|folder| folder.join(name));
    found.into_iter().find(|file| file.is_file())
}

fn moto_server() -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("..");
    let ours = [target, root.join("target")].map(|target| target.join("python/bin"));
    program("moto_server", &ours).expect(
        "The tests of the queue need moto_server, an emulator of Amazon SQS, and there is none: run `npm test`, which \
         puts one into target/python, or `pip install 'moto[server,sqs]'`",
    )
}

/// SQS.
pub struct Moto {
    pub port: u16,
    pub client: Client,
    _child: Child,
}

impl Moto {
    pub async fn start() -> Self {
        Self::at(free_port()).await
    }

    pub async fn at(port: u16) -> Self {
        let mut child = Command::new(moto_server())
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let ready = async {
            let mut look = tokio::time::interval(Duration::from_millis(50));
            while http.get(format!("http://127.0.0.1:{port}/moto-api/")).send().await.is_err() {
                assert!(child.try_wait().unwrap().is_none(), "moto_server ended");
                look.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("moto_server does not answer");
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(format!("http://127.0.0.1:{port}"))
            .credentials_provider(Credentials::new(KEY.0, KEY.1, None, None, "test"))
            .build();
        Self { port, client: Client::from_conf(config), _child: child }
    }

    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Makes the queue; what is taken and not deleted comes again after a second.
    pub async fn queue(&self) {
        let queue = self.client.create_queue().queue_name("refill");
        let queue = queue.attributes(QueueAttributeName::VisibilityTimeout, "1");
        assert_eq!(queue.send().await.unwrap().queue_url(), Some(self.url().as_str()));
    }

    pub async fn put(&self, body: &str) {
        self.client.send_message().queue_url(self.url()).message_body(body).send().await.unwrap();
    }

    /// Messages in the queue, those that somebody is at among them.
    pub async fn count(&self) -> u32 {
        let ask = self.client.get_queue_attributes().queue_url(self.url());
        let answer = ask.attribute_names(QueueAttributeName::All).send().await.unwrap();
        let all = answer.attributes().unwrap();
        let of = |name| all.get(&name).map_or(0, |count| count.parse::<u32>().unwrap());
        of(QueueAttributeName::ApproximateNumberOfMessages)
            + of(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
    }
}

/// The queue's address.
pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/123456789012/refill")
}

/// A subscriber that confirms, keeps what comes, and says that it did.
#[derive(Clone, Default)]
pub struct Letterbox {
    kept: Arc<Mutex<Vec<String>>>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

impl Letterbox {
    /// Its address.
    pub async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(Self::take)).with_state(self.clone());
        self.tasks.lock().unwrap().spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}/")
    }

    async fn take(State(this): State<Self>, body: String) {
        let message: Value = serde_json::from_str(&body).unwrap();
        if message["Type"] == "SubscriptionConfirmation" {
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            http.get(message["SubscribeURL"].as_str().unwrap()).send().await.unwrap();
        } else {
            this.kept.lock().unwrap().push(body);
        }
    }

    /// What came last.
    pub fn last(&self) -> String {
        self.kept.lock().unwrap().last().unwrap().clone()
    }
}
