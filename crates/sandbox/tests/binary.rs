//! The program as it is started: one line of JSON with its addresses, loopback only, a sentence for what it can't do.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

fn program(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_refill-sandbox"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts")
}

#[test]
fn it_prints_its_addresses_and_answers_there() {
    let mut child = program(&["--rate", "0"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let addresses: Value = serde_json::from_str(&line).expect("JSON");
    let base = addresses["base"].as_str().expect("text");
    let host =
        base.strip_prefix("http://127.0.0.1:").map(|port| format!("127.0.0.1:{port}")).expect("loopback");
    for (pointer, end) in [
        ("/gateway/eu", "/eu"),
        ("/lwa/authorize", "/ap/oa"),
        ("/lwa/token", "/auth/o2/token"),
        ("/sns/certificate", ".pem"),
        ("/board", "/_board"),
    ] {
        let address = addresses.pointer(pointer).and_then(Value::as_str).expect("an address");
        assert!(address.starts_with(base) && address.ends_with(end), "{address}");
    }
    let mut stream = TcpStream::connect(&host).expect("connects");
    write!(stream, "GET /_board/clock HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"rate\":0"), "{answer}");
    // It listens to the signals before it prints: told to end, it ends well.
    #[cfg(unix)]
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill").success());
    #[cfg(not(unix))]
    child.kill().expect("ends");
    let ended = child.wait().expect("ended");
    assert!(ended.success() || cfg!(not(unix)), "{ended}");
}

#[test]
fn what_it_cant_do_is_said_and_ends_it() {
    let folder = std::env::temp_dir().join(format!("refill-sandbox-{}.json", std::process::id()));
    std::fs::write(&folder, r#"{"skils": []}"#).expect("writes");
    let path = folder.to_str().expect("text");
    for (arguments, said) in [
        (&["--listen", "0.0.0.0:0"][..], "--public"),
        (&["--config", "/nowhere/config.json"][..], "/nowhere/config.json can't be read"),
        (&["--config", path][..], "unknown field `skils`"),
    ] {
        let output = program(arguments).wait_with_output().expect("ends");
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(said), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty());
    }
    std::fs::remove_file(&folder).expect("removes");
}
