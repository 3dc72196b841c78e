//! Announcements, friendly and hostile, without a network.

use mdns_sd::ServiceInfo;

use super::*;

fn announced(ty: &str, name: &str, ip: &str, txt: &[(&str, &str)]) -> ResolvedService {
    ServiceInfo::new(ty, name, "printer.local.", ip, 631, txt).expect("an announcement").as_resolved_service()
}

#[test]
fn an_announcement_becomes_a_printer() {
    let service = announced(
        PLAIN,
        "EPSON XP-430 Series",
        "192.168.1.17",
        &[("rp", "ipp/print"), ("ty", "EPSON XP-430"), ("UUID", "CFE92100-67C4"), ("note", "Hall\u{7}way")],
    );
    let got = found(&service).expect("a printer");
    assert_eq!(
        got,
        Found {
            name: "EPSON XP-430 Series".to_owned(),
            address: "192.168.1.17".to_owned(),
            port: 631,
            path: "ipp/print".to_owned(),
            uuid: Some("cfe92100-67c4".to_owned()),
            make_and_model: Some("EPSON XP-430".to_owned()),
            location: Some("Hall way".to_owned()),
            tls: false,
        }
    );
    assert_eq!(got.uri().as_deref(), Some("ipp://192.168.1.17:631/ipp/print"));
}

#[test]
fn what_is_left_out_is_filled_in() {
    let got = found(&announced(TLS, "P", "2001:db8::7", &[])).expect("a printer");
    assert_eq!((got.path.as_str(), got.uuid.as_ref(), got.tls), ("ipp/print", None, true));
    assert_eq!(got.uri().as_deref(), Some("ipps://[2001:db8::7]:631/ipp/print"));
}

#[test]
fn addresses_that_a_url_can_carry_come_first() {
    let service = announced(PLAIN, "P", "fe80::1,2001:db8::7,192.168.1.17", &[]);
    assert_eq!(best_address(&service).as_deref(), Some("192.168.1.17"));
    let service = announced(PLAIN, "P", "fe80::1", &[]);
    assert_eq!(best_address(&service).as_deref(), Some("printer.local"));
}

#[test]
fn hostile_texts_are_harmless() {
    let long = "x".repeat(150);
    let service = announced(
        PLAIN,
        "Free\u{202e}\u{1b}[2J ink",
        "192.168.1.17",
        &[("rp", "../../admin?x=@evil/ #"), ("note", &long), ("UUID", " "), ("ty", "\u{0}")],
    );
    let got = found(&service).expect("a printer");
    assert!(!got.name.contains(['\u{202e}', '\u{1b}']), "{:?}", got.name);
    assert_eq!(got.location.as_ref().map(|text| text.chars().count()), Some(MAX_LABEL));
    assert_eq!((got.uuid.as_ref(), got.make_and_model.as_ref()), (None, None));
    let uri = got.uri().expect("an address");
    assert!(uri.starts_with("ipp://192.168.1.17:631/") && !uri.contains([' ', '#', '?']), "{uri}");
    assert!(super::super::address::candidates(&uri).is_ok(), "{uri}");
}

#[test]
fn each_printer_is_new_once() {
    let found = |uuid: Option<&str>, address: &str, path: &str| Found {
        name: "P".to_owned(),
        address: address.to_owned(),
        port: 631,
        path: path.to_owned(),
        uuid: uuid.map(str::to_owned),
        make_and_model: None,
        location: None,
        tls: false,
    };
    let mut seen = Seen::default();
    assert!(seen.is_new(&found(Some("a"), "1", "p")));
    assert!(!seen.is_new(&found(Some("a"), "2", "q")), "the same printer over TLS or at a second address");
    assert!(seen.is_new(&found(None, "1", "p")));
    assert!(!seen.is_new(&found(None, "1", "p")));
    assert!(seen.is_new(&found(None, "1", "q")), "a server with two queues");
    for number in 0..2 * MAX_FOUND {
        seen.is_new(&found(Some(&number.to_string()), "1", "p"));
    }
    assert_eq!(seen.0.len(), MAX_FOUND);
}
