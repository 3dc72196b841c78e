//! What is sent: requests whose ids and times are their own, as devices and Alexa write them.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// Makes requests to one path of one host.
pub struct Maker {
    pub host: String,
    pub path: String,
    made: u64,
    dice: u64,
}

/// A time-ordered id (UUID version 7) and the moment in it.
pub struct Id {
    pub text: String,
    ms: u64,
}

impl Maker {
    pub fn new(host: impl ToString, path: &str, number: usize) -> Self {
        let host = host.to_string();
        Self { host, path: path.to_owned(), made: 0, dice: 0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1) }
    }

    /// A number below `limit` that looks random.
    pub fn below(&mut self, limit: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from((self.dice >> 32) % (limit as u64).max(1)).unwrap_or(0)
    }

    pub fn id(&mut self) -> Id {
        self.made += 1;
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let random = (self.below(usize::MAX) as u64) << 32 | self.made;
        let text = format!(
            "{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}",
            ms >> 16,
            ms & 0xFFFF,
            self.made & 0xFFF,
            random >> 52,
            random & 0xFFFF_FFFF_FFFF
        );
        Id { text, ms }
    }

    /// An event of a device: one pod was used.
    pub fn event(&mut self, id: &Id, into: &mut String) {
        let _ = write!(
            into,
            "{{\"id\":\"{}\",\"instance\":\"pods\",\"observed_at\":\"{}\",\"kind\":{{\"kind\":\"consumed\",\
             \"amount\":{{\"milli\":{},\"unit\":\"COUNT\"}}}}}}",
            id.text,
            moment(id.ms),
            1000 + self.below(9) * 1000
        );
    }

    /// A whole request with a JSON body.
    pub fn post(&self, key: &str, body: &str) -> String {
        format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.path,
            self.host,
            body.len()
        )
    }

    /// A request for a feed, from a cursor on.
    pub fn feed(&self, key: &str, last: Option<u64>) -> String {
        let last = last.map_or_else(String::new, |last| format!("last-event-id: {last}\r\n"));
        format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {key}\r\naccept: text/event-stream\r\n{last}\r\n",
            self.path, self.host
        )
    }
}

/// Alexa asks which devices a customer has.
pub fn discover(key: &str, id: &Id) -> String {
    format!(
        "{{\"directive\":{{\"header\":{{\"namespace\":\"Alexa.Discovery\",\"name\":\"Discover\",\"payloadVersion\":\"3\",\
         \"messageId\":\"{}\"}},\"payload\":{{\"scope\":{{\"type\":\"BearerToken\",\"token\":\"{key}\"}}}}}}}}",
        id.text
    )
}

/// A moment as RFC 3339 has it (the days of the civil calendar after Howard Hinnant's `civil_from_days`).
fn moment(ms: u64) -> String {
    let (days, rest) = (ms / 86_400_000 + 719_468, ms % 86_400_000);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (h, m, s, ms) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z")
}
