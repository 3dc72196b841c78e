//! What a printer says, from recordings and from loopback, and files that say nothing.

use super::Home;
use super::printer::{Printer, answer, http};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

fn samples() -> PathBuf {
    std::env::var_os("REFILL_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    )
}

#[test]
fn recordings_are_read_as_expected() {
    let folder = samples();
    let Ok(text) = std::fs::read_to_string(folder.join("expected.json")) else {
        // Past the harness, which keeps the output of tests that pass to itself.
        let _ = writeln!(std::io::stderr(), "skipped: 2 recordings, no folder {}", folder.display());
        return;
    };
    let expected: Value = serde_json::from_str(&text).unwrap();
    let home = Home::empty();
    let mut read = 0;
    for (file, expected) in expected["expected"].as_object().unwrap() {
        let Some(printers) = expected.get("printers") else { continue };
        let path = folder.join(file);
        let said = home.json(&["probe", "ipp", "--file", path.to_str().unwrap()]);
        assert_eq!(said, json!({ "printers": printers }), "{file}");
        let fed = home.feed(&["probe", "ipp", "--file", "-", "--json"], &std::fs::read(&path).unwrap());
        assert_eq!(fed.json(), said, "{file} on stdin");
        read += 1;
    }
    assert_eq!(read, 2);
    assert!(!home.path().exists(), "nothing is kept");
}

#[test]
fn a_printer_on_the_network_is_told_the_same_way() {
    let (home, inks) = (Home::empty(), &[("Black ink", "#000000", -3), ("Cyan ink", "#00FFFF", 10)][..]);
    let printer = Printer::holding(inks);
    let live = home.json(&["probe", &printer.address()]);
    let recorded = home.feed(&["probe", "ipp", "--file", "-", "--json"], &answer(inks)).json();
    assert_eq!(live, recorded);
    assert_eq!(live["printers"][0]["supplies"][0]["level_pct"], json!(null));
    assert_eq!(live["printers"][0]["supplies"][0]["state"], "some");
    assert_eq!(live["printers"][0]["supplies"][1]["state"], "low");
    let text = home.run(&["probe", &printer.address().replace("ipp://", "").replace("/ipp/print", "")]);
    assert!(text.text().starts_with("Acme Jet 5\n"), "{}", text.out);
    assert!(!home.path().exists());
}

#[test]
fn hosts_that_are_no_printer_are_named() {
    let home = Home::empty();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let html = Printer::saying(http("text/html", b"<!doctype html><p>hello"));
    let half = Printer::saying(http("application/ipp", &answer(&[("Black", "#000000", 5)])[..120]));
    let cases = [
        (format!("ipp://{closed}/"), "unreachable"),
        (html.address(), "not_a_printer"),
        (half.address(), "bad_answer"),
        ("ipp://user:secret@127.0.0.1/".to_owned(), "bad_address"),
        (String::new(), "bad_address"),
    ];
    for (address, code) in cases {
        let said = home.run(&["probe", &address, "--json"]);
        assert_eq!((said.code, said.error()["code"].as_str()), (1, Some(code)), "{address}: {said:?}");
    }
}

#[test]
fn hostile_files_are_refused_or_read_as_far_as_they_go() {
    let home = Home::empty();
    let whole = answer(&[("Black ink", "#000000", 57)]);
    let refused: [&[u8]; 5] = [b"", b"\x02", b"<!doctype html>", &[0xff; 4096], b"HTTP/1.1 200 OK\r\n\r\n"];
    for bytes in refused {
        let said = home.feed(&["probe", "ipp", "--file", "-", "--json"], bytes);
        let error = said.error();
        assert_eq!((said.code, error["code"].as_str()), (1, Some("bad_file")), "{bytes:?}: {error}");
        assert!(error["message"].as_str().unwrap().contains("Get-Printer-Attributes"), "{error}");
    }
    for cut in (9..whole.len()).step_by(37) {
        let said = home.feed(&["probe", "ipp", "--file", "-", "--json"], &whole[..cut]);
        assert!(said.json()["printers"].is_array(), "cut at {cut}");
        assert!(said.err.contains("cut_off"), "cut at {cut}: {said:?}");
    }
    for bare in [&whole[..9], &[1, 1, 4, 6, 0, 0, 0, 1, 3]] {
        let said = home.feed(&["probe", "ipp", "--file", "-", "--json"], bare);
        assert_eq!(said.json(), json!({ "printers": [] }));
        assert!(said.err.contains("no_printer"), "{said:?}");
    }
    let said = home.feed(&["probe", "ipp", "--file", "-"], &[1, 1, 4, 6, 0, 0, 0, 1, 3]);
    assert!(said.err.contains("IPP status 0x0406"), "{said:?}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let home = Home::empty();
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.bin");
    std::fs::File::create(&large).unwrap().set_len(16 * 1024 * 1024 + 1).unwrap();
    let cases = [
        (large.as_path(), "bad_file", "16 MiB"),
        (&folder.path().join("none.bin"), "io", "no such file"),
        (folder.path(), "io", "can't be read"),
    ];
    for (path, code, says) in cases {
        let said = home.run(&["probe", "ipp", "--file", path.to_str().unwrap(), "--json"]);
        let error = said.error();
        assert_eq!((said.code, error["code"].as_str()), (1, Some(code)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
}
