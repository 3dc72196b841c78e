//! Hostile and odd servers on loopback. Deadlines are short and injected; nothing here waits for seconds.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::ipp_wire::tests::Message;
use super::super::label::Serial;
use super::super::supply::State;
use super::*;

/// Long enough for loopback on a busy machine, where the outcome does not depend on it.
const PATIENT: Limits = Limits {
    total: Duration::from_secs(10),
    connect: Duration::from_secs(10),
    request: Duration::from_secs(10),
    body: 64 * 1024,
};
/// For servers that stay silent.
const SHORT: Limits = Limits {
    total: Duration::from_millis(300),
    connect: Duration::from_millis(100),
    request: Duration::from_millis(100),
    body: 64 * 1024,
};

/// A request as the server saw it.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    path: String,
    version: (u8, u8),
    asked: usize,
}

/// Runs a probe of `path` (or of every path) against a server that answers by `reply`.
async fn against(
    path: &str,
    limits: Limits,
    reply: impl Fn(&Seen, SocketAddr) -> Vec<u8>,
) -> (Result<Probed, ProbeError>, Vec<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let seen = Mutex::new(Vec::new());
    let server = async {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            while let Some(request) = receive(&mut stream).await {
                seen.lock().expect("no poison").push(request.clone());
                let bytes = reply(&request, at);
                if stream.write_all(&bytes).await.is_err() {
                    break;
                }
                if !bytes.starts_with(b"HTTP/1.1 2")
                    || !String::from_utf8_lossy(&bytes).contains("Content-Length")
                {
                    break;
                }
            }
        }
    };
    let outcome = race(probe(&format!("ipp://{at}{path}"), limits), server).await;
    (outcome, seen.into_inner().expect("no poison"))
}

async fn race<T>(probe: impl Future<Output = T>, server: impl Future<Output = ()>) -> T {
    tokio::select! {
        outcome = probe => outcome,
        () = server => unreachable!("servers run for ever"),
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(count @ 1..) => bytes.extend_from_slice(&chunk[..count]),
            _ => return None,
        }
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = text.split("content-length: ").nth(1)?.lines().next()?.trim().parse::<usize>().ok()?;
        if bytes.len() >= head + 4 + length {
            let request = ipp_wire::decode(&bytes[head + 4..]).expect("an IPP request");
            return Some(Seen {
                path: text.split(' ').nth(1)?.to_owned(),
                version: request.version,
                asked: request.groups[0].values("requested-attributes").len(),
            });
        }
    }
}

fn http(status: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn ok(body: &[u8]) -> Vec<u8> {
    http("200 OK", "application/ipp", body)
}

fn black_at(level: u8) -> Message {
    Message::new()
        .printer()
        .value(0x41, "printer-make-and-model", b"Acme 1")
        .value(0x45, "printer-uuid", b"urn:uuid:0000-1")
        .value(0x42, "marker-names", b"Black ink")
        .value(0x44, "marker-types", b"ink-cartridge")
        .value(0x42, "marker-colors", b"#000000")
        .value(0x21, "marker-levels", &[0, 0, 0, level])
        .value(0x21, "marker-low-levels", &[0, 0, 0, 15])
}

fn printer() -> Vec<u8> {
    black_at(57).tag(3).0
}

fn refusal(status: u16) -> Vec<u8> {
    let mut message = Message::new().tag(1).value(0x47, "attributes-charset", b"utf-8").tag(3).0;
    message[2..4].copy_from_slice(&status.to_be_bytes());
    message
}

async fn failure(path: &str, limits: Limits, reply: impl Fn(&Seen, SocketAddr) -> Vec<u8>) -> Failure {
    against(path, limits, reply).await.0.expect_err("a failure").failure
}

#[tokio::test]
async fn a_printer_answers_with_its_supplies() {
    let (outcome, seen) = against("/ipp/print", PATIENT, |_, _| ok(&printer())).await;
    let probed = outcome.expect("a report");
    assert_eq!(probed.report.supplies.len(), 1);
    assert_eq!(probed.report.supplies[0].level_pct, Some(57));
    assert_eq!(probed.report.supplies[0].state, State::Ok);
    assert!(probed.printer_uri.starts_with("ipp://127.0.0.1:") && probed.printer_uri.ends_with("/ipp/print"));
    assert_eq!(seen, [Seen { path: "/ipp/print".to_owned(), version: (2, 0), asked: REQUESTED.len() }]);
}

#[tokio::test]
async fn the_other_paths_are_tried() {
    let (outcome, seen) = against("", PATIENT, |request, _| match request.path.as_str() {
        "/" => ok(&printer()),
        "/ipp/printer" => ok(&refusal(NOT_FOUND)),
        _ => http("404 Not Found", "text/html", b"<html>no</html>"),
    })
    .await;
    assert!(outcome.expect("a report").printer_uri.ends_with('/'));
    let paths: Vec<&str> = seen.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/ipp/print", "/ipp/printer", "/"]);
}

#[tokio::test]
async fn a_refused_list_is_asked_again_for_all() {
    let (outcome, seen) =
        against(
            "/ipp/print",
            PATIENT,
            |request, _| {
                if request.asked > 0 { ok(&refusal(0x040b)) } else { ok(&printer()) }
            },
        )
        .await;
    assert_eq!(outcome.expect("a report").report.supplies.len(), 1);
    let asked: Vec<_> = seen.iter().map(|request| (request.version, request.asked)).collect();
    assert_eq!(asked, [((2, 0), REQUESTED.len()), ((2, 0), 0)]);
}

#[tokio::test]
async fn a_refused_version_is_asked_again_with_the_old_one() {
    let (outcome, seen) = against("/ipp/print", PATIENT, |request, _| {
        if request.version == (2, 0) { ok(&refusal(VERSION_NOT_SUPPORTED)) } else { ok(&printer()) }
    })
    .await;
    assert_eq!(outcome.expect("a report").report.supplies.len(), 1);
    let versions: Vec<_> = seen.iter().map(|request| request.version).collect();
    assert_eq!(versions, [(2, 0), (1, 1)]);
}

#[tokio::test]
async fn a_printer_that_ignores_the_list_is_asked_for_all_and_none_is_no_error() {
    let bare = Message::new().printer().value(0x41, "printer-make-and-model", b"Acme 1").tag(3).0;
    let (outcome, seen) = against("/ipp/print", PATIENT, |_, _| ok(&bare)).await;
    let report = outcome.expect("a report").report;
    assert_eq!(report.supplies, []);
    assert_eq!(report.make_and_model.as_deref(), Some("Acme 1"));
    assert_eq!(seen.len(), 2);
    let (outcome, _) =
        against(
            "/ipp/print",
            PATIENT,
            |request, _| {
                if request.asked > 0 { ok(&bare) } else { ok(&printer()) }
            },
        )
        .await;
    assert_eq!(outcome.expect("a report").report.supplies.len(), 1);
}

#[tokio::test]
async fn a_printer_that_refuses_says_its_status() {
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| ok(&refusal(0x0403))).await, Failure::Refused(0x0403));
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| ok(&refusal(0x0507))).await, Failure::Refused(0x0507));
}

#[tokio::test]
async fn what_is_no_printer_is_named() {
    let page = b"<!DOCTYPE html><html><body>Router</body></html>";
    for (reply, want) in [
        (http("200 OK", "text/html; charset=utf-8", page), Instead::Html),
        (http("200 OK", "application/ipp", page), Instead::Html),
        (http("200 OK", "text/plain", b"hello"), Instead::Garbage),
        (http("200 OK", "application/ipp", b"\x02\0\0\0\0\0\0\x01\x03"), Instead::Garbage),
        (http("401 Unauthorized", "text/html", page), Instead::Http(401)),
        (http("500 Oops", "text/html", page), Instead::Http(500)),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), Instead::Garbage),
        (Vec::new(), Instead::Garbage),
    ] {
        let text = String::from_utf8_lossy(&reply).into_owned();
        assert_eq!(
            failure("/ipp/print", PATIENT, |_, _| reply.clone()).await,
            Failure::NotAPrinter(want),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_wrong_label_does_not_cost_the_answer() {
    let (outcome, _) = against("/ipp/print", PATIENT, |_, _| http("200 OK", "text/plain", &printer())).await;
    assert!(outcome.is_ok());
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let large = vec![b' '; 10 * 1024 * 1024];
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| ok(&large)).await, Failure::TooLarge);
    let endless = |_: &Seen, _: SocketAddr| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n";
        [&head[..], &[b' '; 256 * 1024]].concat()
    };
    assert_eq!(failure("/ipp/print", PATIENT, endless).await, Failure::TooLarge);
}

#[tokio::test]
async fn half_an_answer_is_no_answer() {
    let cut = |drop: usize, claimed: usize| {
        let body = &printer()[..printer().len() - drop];
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {claimed}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    let whole = printer().len();
    // The connection ends early; the printer counted wrongly; only the end tag is missing.
    assert_eq!(failure_then_close(cut(20, whole)).await, Failure::HalfAnswer);
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| cut(20, whole - 20)).await, Failure::HalfAnswer);
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| cut(1, whole - 1)).await, Failure::HalfAnswer);
    assert_eq!(failure("/ipp/print", PATIENT, |_, _| ok(&printer()[..4])).await, Failure::HalfAnswer);
}

/// Sends `bytes` and closes the connection, whatever length they claim.
async fn failure_then_close(bytes: Vec<u8>) -> Failure {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let server = async {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let _ = receive(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
        }
    };
    race(probe(&format!("ipp://{at}/ipp/print"), PATIENT), server).await.expect_err("a failure").failure
}

#[tokio::test]
async fn silence_ends_in_time() {
    let silent = |read_first: bool| async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let server = async {
            let mut held = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                if read_first && receive(&mut stream).await.is_some() {
                    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 900\r\n\r\n\x01\x01";
                    stream.write_all(head).await.expect("half a head");
                }
                held.push(stream);
            }
        };
        race(probe(&at.to_string(), SHORT), server).await.expect_err("a failure").failure
    };
    assert_eq!(silent(false).await, Failure::TimedOut, "accepts and says nothing, plain and over TLS");
    assert_eq!(silent(true).await, Failure::TimedOut, "stops in the middle");
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    drop(listener);
    let error = probe(&at.to_string(), PATIENT).await.expect_err("a failure");
    assert_eq!(error.failure, Failure::Unreachable);
}

#[tokio::test]
async fn a_reset_connection_is_no_printer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let server = async {
        loop {
            // Closing with the request unread makes the kernel send a reset.
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.readable().await.expect("a request");
            drop(stream);
        }
    };
    let outcome = race(probe(&format!("ipp://{at}/ipp/print"), PATIENT), server).await;
    assert_eq!(outcome.expect_err("a failure").failure, Failure::NotAPrinter(Instead::Garbage));
}

fn redirect_to(status: &str, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn redirects_stay_with_the_host_and_end() {
    let (outcome, seen) = against("/ipp/print", PATIENT, |request, at| match request.path.as_str() {
        "/there" => ok(&printer()),
        _ => redirect_to("302 Found", &format!("http://{at}/there")),
    })
    .await;
    assert!(outcome.is_ok());
    assert_eq!(seen.len(), 2, "the request was posted again");

    let (outcome, seen) = against("/ipp/print", PATIENT, |_, _| redirect_to("307 Again", "/ipp/print")).await;
    assert_eq!(outcome.expect_err("a loop").failure, Failure::NotAPrinter(Instead::Http(307)));
    assert_eq!(seen.len(), 1 + MAX_REDIRECTS);

    for elsewhere in
        ["http://localhost/", "http://192.0.2.1/", "file:///etc/passwd", "//evil.example/", "http://[::"]
    {
        let (outcome, seen) =
            against("/ipp/print", PATIENT, |_, _| redirect_to("301 Moved", elsewhere)).await;
        assert_eq!(
            outcome.expect_err("refused").failure,
            Failure::NotAPrinter(Instead::Http(301)),
            "{elsewhere}"
        );
        assert_eq!(seen.len(), 1, "{elsewhere}");
    }
}

#[tokio::test]
async fn another_devices_answer_is_noticed() {
    let (outcome, _) = against("/ipp/print", PATIENT, |_, _| ok(&printer())).await;
    let report = outcome.expect("a report").report;
    assert_eq!(expect_same(&report.identity(), &report, "printer"), Ok(()));
    let other =
        Identity { uuid: Some("0000-2".to_owned()), serial: Serial::new("SECRET9"), make_and_model: None };
    let error = expect_same(&other, &report, "printer").expect_err("another printer");
    assert_eq!(error.failure, Failure::WrongPrinter);
    assert!(!error.to_string().contains("SECRET9"));
}

#[tokio::test]
async fn what_is_no_address_is_not_contacted() {
    let error = probe(" two words ", PATIENT).await.expect_err("no address");
    assert_eq!(error.failure, Failure::BadAddress);
}

#[test]
fn every_failure_says_what_was_tried_and_what_to_do() {
    use Failure::{
        BadAddress, HalfAnswer, NotAPrinter, Refused, TimedOut, TooLarge, Unreachable, WrongPrinter,
    };
    for failure in [
        BadAddress,
        Unreachable,
        TimedOut,
        NotAPrinter(Instead::Html),
        NotAPrinter(Instead::Http(404)),
        NotAPrinter(Instead::Garbage),
        TooLarge,
        HalfAnswer,
        Refused(0x0403),
        WrongPrinter,
    ] {
        let text = ProbeError { failure, address: "192.168.1.24\u{1b}[2J".to_owned() }.to_string();
        assert!(text.contains("192.168.1.24"), "{text}");
        assert!(text.ends_with('.') && !text.contains('\u{1b}') && !text.contains("  "), "{text}");
        let advice = ["Check", "check", "write", "wake", "Allow", "Try again", "look for"];
        assert!(advice.iter().any(|word| text.contains(word)), "{text}");
    }
}
