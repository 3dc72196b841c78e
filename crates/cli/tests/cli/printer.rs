//! A printer on loopback, made of one thread: it answers every request with what it is told to say.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A printer, or something that pretends to be a server.
pub struct Printer {
    address: SocketAddr,
    says: Arc<Mutex<Vec<u8>>>,
}

impl Printer {
    /// Answers with these bytes as a whole HTTP response.
    pub fn saying(response: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let says = Arc::new(Mutex::new(response));
        let shared = says.clone();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &shared);
            }
        });
        Self { address, says }
    }

    /// Holds these supplies.
    pub fn holding(supplies: &[(&str, &str, i32)]) -> Self {
        Self::saying(http("application/ipp", &answer(supplies)))
    }

    /// Holds these from now on.
    pub fn now_holds(&self, supplies: &[(&str, &str, i32)]) {
        self.now_says(http("application/ipp", &answer(supplies)));
    }

    /// Answers with these bytes from now on.
    pub fn now_says(&self, response: Vec<u8>) {
        *self.says.lock().unwrap() = response;
    }

    /// Its address for `--printer` and `probe`.
    pub fn address(&self) -> String {
        format!("ipp://{}/ipp/print", self.address)
    }
}

fn serve(mut stream: TcpStream, says: &Mutex<Vec<u8>>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text[..end].lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                // The client may be gone.
                let _ = stream.write_all(&says.lock().unwrap());
                return;
            }
        }
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => bytes.extend_from_slice(&chunk[..count]),
            Ok(0) | Err(_) => return,
        }
    }
}

/// An HTTP response that closes the connection.
pub fn http(media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A Get-Printer-Attributes answer with supplies of name, colour and level, low at 10, and a serial number.
pub fn answer(supplies: &[(&str, &str, i32)]) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1, 1];
    attribute(&mut bytes, 0x47, "attributes-charset", &[b"utf-8".to_vec()]);
    attribute(&mut bytes, 0x48, "attributes-natural-language", &[b"en".to_vec()]);
    bytes.push(4);
    attribute(&mut bytes, 0x41, "printer-make-and-model", &[b"Acme Jet 5".to_vec()]);
    attribute(&mut bytes, 0x41, "printer-device-id", &[b"MFG:Acme;MDL:Jet 5;SN:SECRET99;".to_vec()]);
    attribute(&mut bytes, 0x23, "printer-state", &[3_i32.to_be_bytes().to_vec()]);
    if !supplies.is_empty() {
        let texts = |pick: fn(&(&str, &str, i32)) -> String| -> Vec<Vec<u8>> {
            supplies.iter().map(|supply| pick(supply).into_bytes()).collect()
        };
        let numbers = |pick: fn(&(&str, &str, i32)) -> i32| -> Vec<Vec<u8>> {
            supplies.iter().map(|supply| pick(supply).to_be_bytes().to_vec()).collect()
        };
        attribute(&mut bytes, 0x42, "marker-names", &texts(|supply| supply.0.to_owned()));
        attribute(&mut bytes, 0x44, "marker-types", &texts(|_| "ink-cartridge".to_owned()));
        attribute(&mut bytes, 0x42, "marker-colors", &texts(|supply| supply.1.to_owned()));
        attribute(&mut bytes, 0x21, "marker-levels", &numbers(|supply| supply.2));
        attribute(&mut bytes, 0x21, "marker-low-levels", &numbers(|_| 10));
        attribute(&mut bytes, 0x21, "marker-high-levels", &numbers(|_| 100));
    }
    bytes.push(3);
    bytes
}

fn attribute(bytes: &mut Vec<u8>, tag: u8, name: &str, values: &[Vec<u8>]) {
    for (index, value) in values.iter().enumerate() {
        let name = if index == 0 { name.as_bytes() } else { b"" };
        bytes.push(tag);
        for part in [name, value] {
            bytes.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part);
        }
    }
}
