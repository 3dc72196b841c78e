//! A printer on loopback that speaks IPP over HTTP: what it holds, who it is and how it behaves can be changed while it
//! runs. It encodes its answers by itself, so that our reader is not checked by our writer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use tokio::sync::watch;

/// One ink: name, colour, what is left, its low mark.
pub type Ink = (&'static str, &'static str, i32, i32);

/// How requests are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As a printer does.
    Answers,
    /// The connection stays open and silent until the manner changes.
    Holds,
    /// As a router's page does.
    WebPage,
    /// With the first half of an answer.
    Half,
    /// With far more than a printer has to say.
    Floods,
}

/// What the printer is.
#[derive(Debug, Clone)]
pub struct Says {
    pub manner: Manner,
    pub uuid: &'static str,
    pub serial: &'static str,
    pub inks: Vec<Ink>,
}

struct Shared {
    says: Mutex<Says>,
    changed: Condvar,
    asked: watch::Sender<u32>,
}

/// A running printer.
pub struct Printer {
    at: SocketAddr,
    shared: Arc<Shared>,
    off: Arc<AtomicBool>,
    door: Option<std::thread::JoinHandle<()>>,
}

/// Serial numbers and UUIDs, to be looked for where they must not be.
pub const SERIAL: &str = "CN59S3K1QX";
pub const UUID: &str = "1c852a4d-b800-1f08-abcd-308d991fa1a2";

impl Printer {
    /// A printer with four inks.
    pub fn new() -> Self {
        let inks = vec![
            ("Black ink", "#000000", 62, 10),
            ("Cyan ink", "#00FFFF", 80, 10),
            ("Magenta ink", "#FF00FF", 71, 10),
            ("Yellow ink", "#FFFF00", 55, 10),
        ];
        let says = Says { manner: Manner::Answers, uuid: UUID, serial: SERIAL, inks };
        let shared = Arc::new(Shared {
            says: Mutex::new(says),
            changed: Condvar::new(),
            asked: watch::Sender::new(0),
        });
        let mut printer =
            Self { at: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), shared, off: Arc::default(), door: None };
        printer.switch_on();
        printer
    }

    /// Its address, as a person types it.
    pub fn address(&self) -> String {
        format!("ipp://{}/ipp/print", self.at)
    }

    /// Changes what it says, and lets go of whoever waits.
    pub fn change(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.shared.says.lock().unwrap());
        self.shared.changed.notify_all();
    }

    /// What is left of one ink from now on.
    pub fn ink(&self, index: usize, level: i32) {
        self.change(|says| says.inks[index].2 = level);
    }

    /// Requests so far.
    pub fn asked(&self) -> watch::Receiver<u32> {
        self.shared.asked.subscribe()
    }

    /// Nothing listens at its address any more.
    pub fn switch_off(&mut self) {
        self.off.store(true, Ordering::SeqCst);
        self.change(|_| {});
        if let Some(door) = self.door.take() {
            // Wakes the thread that waits at the door.
            drop(TcpStream::connect(self.at));
            door.join().unwrap();
        }
    }

    /// Listens again, at the same address.
    pub fn switch_on(&mut self) {
        let listener = TcpListener::bind(self.at).unwrap();
        self.at = listener.local_addr().unwrap();
        self.off = Arc::default();
        let (shared, off) = (Arc::clone(&self.shared), Arc::clone(&self.off));
        self.door = Some(std::thread::spawn(move || {
            for stream in listener.incoming() {
                if off.load(Ordering::SeqCst) {
                    return;
                }
                let (shared, off) = (Arc::clone(&shared), Arc::clone(&off));
                // Ends with the connection; the asker closes it.
                std::thread::spawn(move || serve(stream.unwrap(), &shared, &off));
            }
        }));
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.switch_off();
    }
}

fn serve(mut stream: TcpStream, shared: &Shared, off: &AtomicBool) {
    if receive(&mut stream).is_none() {
        return;
    }
    shared.asked.send_modify(|asked| *asked += 1);
    let mut says = shared.says.lock().unwrap();
    while says.manner == Manner::Holds && !off.load(Ordering::SeqCst) {
        says = shared.changed.wait(says).unwrap();
    }
    let answer = answer(&says);
    let (media, body) = match says.manner {
        Manner::Answers | Manner::Holds => ("application/ipp", answer),
        Manner::Half => ("application/ipp", answer[..answer.len() / 2].to_vec()),
        Manner::WebPage => ("text/html", b"<!DOCTYPE html><title>Router</title>".to_vec()),
        Manner::Floods => ("application/ipp", vec![0x20; 10 * 1024 * 1024]),
    };
    drop(says);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever asked may be gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn receive(stream: &mut TcpStream) -> Option<()> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length: usize = text.split("content-length: ").nth(1)?.lines().next()?.trim().parse().ok()?;
        if bytes.len() >= head + 4 + length {
            return Some(());
        }
    }
}

fn value(out: &mut Vec<u8>, tag: u8, name: &str, value: &[u8]) {
    out.push(tag);
    for part in [name.as_bytes(), value] {
        out.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
        out.extend(part);
    }
}

fn values(out: &mut Vec<u8>, tag: u8, name: &str, all: impl Iterator<Item = Vec<u8>>) {
    for (index, one) in all.enumerate() {
        value(out, tag, if index == 0 { name } else { "" }, &one);
    }
}

/// A Get-Printer-Attributes answer (RFC 8010, section 3).
fn answer(says: &Says) -> Vec<u8> {
    let mut out = vec![2, 0, 0, 0, 0, 0, 0, 1, 0x01];
    value(&mut out, 0x47, "attributes-charset", b"utf-8");
    value(&mut out, 0x48, "attributes-natural-language", b"en");
    out.push(0x04);
    value(&mut out, 0x41, "printer-make-and-model", b"Larkfield InkWell 640");
    value(&mut out, 0x45, "printer-uuid", format!("urn:uuid:{}", says.uuid).as_bytes());
    let device_id = format!("MFG:Larkfield;MDL:InkWell 640;SN:{};", says.serial);
    value(&mut out, 0x41, "printer-device-id", device_id.as_bytes());
    value(&mut out, 0x42, "printer-dns-sd-name", b"Study printer");
    let number = |number: i32| number.to_be_bytes().to_vec();
    values(&mut out, 0x42, "marker-names", says.inks.iter().map(|ink| ink.0.as_bytes().to_vec()));
    values(&mut out, 0x44, "marker-types", says.inks.iter().map(|_| b"ink-cartridge".to_vec()));
    values(&mut out, 0x42, "marker-colors", says.inks.iter().map(|ink| ink.1.as_bytes().to_vec()));
    values(&mut out, 0x21, "marker-levels", says.inks.iter().map(|ink| number(ink.2)));
    values(&mut out, 0x21, "marker-low-levels", says.inks.iter().map(|ink| number(ink.3)));
    values(&mut out, 0x21, "marker-high-levels", says.inks.iter().map(|_| number(100)));
    out.push(0x03);
    out
}
