use super::*;
use proptest::prelude::*;
use serde_json::json;

fn hidden(hider: &mut Hider, text: &str) -> String {
    hider.text(Part::Log, text).as_str().to_owned()
}

#[test]
fn what_looks_like_a_secret_goes_and_the_rest_stays() {
    let cases = [
        // Mail.
        ("from anna.meyer+x@haus.example to", "from mail-1 to"),
        ("mailto:a@b, <c@d.de>", "mailto:mail-1, <mail-2>"),
        // Networks.
        ("192.168.1.24:631 is away", "address-1:631 is away"),
        ("fe80::1ff:fe23:4567:890a%eth0 said", "address-1 said"),
        ("http://[fe80::1]:631/ipp/print", "http://[address-1]:631/ipp/print"),
        ("ipp://epson-anna.local:631/ipp/print", "ipp://address-1:631/ipp/print"),
        ("epson-anna.fritz.box.", "address-1."),
        ("3c:2a:f4:11:22:33", "serial-1"),
        ("http://user:pw@10.0.0.1/x", "http://address-1/x"),
        ("https://haus.example/a?who=anna#b", "https://address-1/a?token-1"),
        ("https://haus.example/caf%C3%A9/x", "https://address-1path-1"),
        ("http://127.0.0.1:4480/back", "http://127.0.0.1:4480/back"),
        ("https://api.eu.amazonalexa.com/v3/events", "https://api.eu.amazonalexa.com/v3/events"),
        // Files.
        ("/home/anna/My Household/x.db can't be written", "path-1 can't be written"),
        (r"open 'C:\Users\Anna Meyer\x y.csv' failed", "open 'path-1' failed"),
        ("~/Refill/x", "path-1"),
        // Tokens.
        ("Bearer Atza|IQEBLjAsAhRmHjNgHpi0U-Dme37rR6CuUpSREXAMPLE", "Bearer token-1"),
        ("refresh_token=abc&x=1", "refresh_token=token-1&x=1"),
        ("password: \"hunter2\"", "password: \"token-1\""),
        ("got rfa_0123456789ab", "got token-1"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token-1"),
        ("amzn1.account.AEXAMPLE", "token-1"),
        ("key 9f86d081884c7d659a2feaa0c55ad015", "key token-1"),
        // Serial numbers.
        ("device X5EH012345 answered", "device serial-1 answered"),
        ("device 00123456789", "device serial-1"),
        // What stays.
        (
            "refill_engine::run::link: the cloud said 503 in 1.5 s",
            "refill_engine::run::link: the cloud said 503 in 1.5 s",
        ),
        (
            "device=018f3c5e-7c1a-7000-8000-00000000002a B00ABC1234",
            "device=018f3c5e-7c1a-7000-8000-00000000002a B00ABC1234",
        ),
        ("code=DatabaseDamaged household.db 2026-11-22", "code=DatabaseDamaged household.db 2026-11-22"),
        (
            "Alexa.InventoryLevelSensor AddOrUpdateReport at 1795000000000",
            "Alexa.InventoryLevelSensor AddOrUpdateReport at 1795000000000",
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(hidden(&mut Hider::default(), text), wanted, "{text}");
    }
}

#[test]
fn a_thing_has_one_alias_wherever_and_however_it_is_written() {
    let mut hider = Hider::default();
    hider.knows(Kind::Name, "Müllers \"Gerät\"");
    hider.knows(Kind::Address, "192.168.1.24");
    hider.leaves_host("cloud.example");
    let name = hider.alias(Kind::Name, Part::Devices, "Müllers \"Gerät\"");
    assert_eq!(name.to_string(), "name-1");
    for text in [
        "müllers \"gerät\"",
        "MÜLLERS \"GERÄT\"",
        r#"Müllers \"Gerät\""#,
        "Müllers\u{200b} \"Ge\u{202e}rät\"",
        "M%C3%BCllers%20%22Ger%C3%A4t%22",
        "Müllers Gerät",
    ] {
        assert_eq!(hidden(&mut hider, &format!("({text})")), "(name-1)", "{text}");
    }
    assert_eq!(
        hidden(&mut hider, "ipp://192.168.1.24/x, https://cloud.example/v1"),
        "ipp://address-1/x, https://cloud.example/v1"
    );
    let body =
        hider.body(Part::Messages, &json!({"friendlyName": "Müllers \"Gerät\"", "host": "192.168.1.24"}));
    assert_eq!(body.value(), &json!({"friendlyName": "name-1", "host": "address-1"}));
    let removed: Vec<(Kind, Part, u32, u32)> =
        hider.removed().iter().map(|of| (of.kind, of.part, of.times, of.things)).collect();
    assert_eq!(
        removed,
        [
            (Kind::Address, Part::Messages, 1, 1),
            (Kind::Address, Part::Log, 1, 1),
            (Kind::Name, Part::Devices, 1, 1),
            (Kind::Name, Part::Messages, 1, 1),
            (Kind::Name, Part::Log, 6, 1),
        ]
    );
}

#[test]
fn a_short_name_is_hidden_as_a_word_alone() {
    let mut hider = Hider::default();
    hider.knows(Kind::Name, "Ink");
    hider.knows(Kind::Name, "10");
    assert_eq!(hidden(&mut hider, "ink, linked; 10 of 100"), "name-1, linked; name-2 of 100");
    // What it is part of is hidden whole.
    assert_eq!(hidden(&mut hider, "at 192.168.10.5, ink@home.example"), "at address-1, mail-1");
}

#[test]
fn of_a_message_the_words_of_the_protocol_are_left() {
    let mut hider = Hider::default();
    let message = json!({"event": {
        "header": {"namespace": "Alexa", "name": "ChangeReport", "payloadVersion": "3",
            "messageId": "018f3c5e-7c1a-7000-8000-00000000002a"},
        "endpoint": {"scope": {"type": "BearerToken", "token": "Atza|secret"}, "endpointId": "E-1",
            "cookie": {"deep": ["Anna"]}, "friendlyName": "Anna"},
        "payload": {"change": {"properties": [{"namespace": "Alexa.InventoryLevelSensor", "instance": "cyan",
            "name": "level", "value": {"@type": "Percentage", "value": 40},
            "timeOfSample": "2026-09-01T07:30:00.000Z", "uncertaintyInMilliseconds": 0}]}},
        "name": "Anna", "note": "key under the mat", "serialNumber": 12345, "detail": "to anna@x.de", "Anna's key": 1,
        "said": "two words", "x": "R2-SERIAL",
    }});
    let body = hider.body(Part::Messages, &message);
    insta::assert_snapshot!(serde_json::to_string_pretty(body.value()).unwrap());
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!([deep]);
    }
    assert_eq!(hider.body(Part::Messages, &deep).value(), &json!(null));
}

pub fn bundle(hider: &mut Hider, words: &[String]) -> Bundle {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let id = |number: u128| uuid::Uuid::from_u128(number);
    for (at, kind) in
        [Kind::Name, Kind::Serial, Kind::Address, Kind::Mail, Kind::Token].into_iter().enumerate()
    {
        hider.knows(kind, word(at));
    }
    let log = format!(
        "2026-11-22T03:10:55.123456Z  WARN refill_engine::run: {} at {} ({}) by {} {}\nmore of {}\n",
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
        word(0),
    );
    let slot = Slot {
        id: crate::ids::SlotId(id(2)),
        name: hider.alias(Kind::Name, Part::Devices, word(0)),
        instance: Text::word("cyan"),
        supply: crate::endpoint::SupplyKind::Ink,
        sensor: crate::endpoint::SensorKind::Level,
        unit: crate::measure::Unit::Percent,
        full: Some(100_000),
        pack: 1000,
        low_mark: Some(10_000),
        left: Some(41_000),
        some_left: false,
        shelf: 1000,
        stated_at: Some(1_795_000_000_000),
        read_at: Some(1_795_000_000_000),
        used_at: None,
        replaced_at: None,
        low_streak: 0,
        low_since: None,
        rose_at: None,
        overshoot: 0,
        muted: false,
        at_maker: None,
    };
    let device = Device {
        id: crate::ids::EndpointId(id(1)),
        name: hider.alias(Kind::Name, Part::Devices, word(0)),
        kind: crate::endpoint::DeviceKind::Printer,
        model: Some(hider.text(Part::Devices, &format!("Epson ET-2850 {}", word(1)))),
        location: hider.some(Kind::Address, Part::Devices, Some(word(2))),
        reach: Reach::Network {
            address: hider.alias(Kind::Address, Part::Devices, word(2)),
            serial: hider.some(Kind::Serial, Part::Devices, Some(word(1))),
            uuid: None,
            answered_at: Some(1_795_000_000_000),
            trouble: Some(Text::word("unreachable")),
            detail: Some(hider.text(Part::Devices, &format!("{} did not answer", word(2)))),
        },
        sample: false,
        removed_at: None,
        slots: List::of([slot]),
    };
    let message = json!({"kind": "purchased", "note": word(0), "shop": word(3), "x": word(1), "detail": word(4),
        "list": [word(2), {word(0): word(1)}]});
    let message = Message {
        id: hider.text(Part::Messages, &id(3).to_string()),
        at: 1_795_000_000_000,
        route: Route::Maker,
        kind: Text::word("purchased"),
        state: MessageState::Waiting,
        since: Some(1_795_000_000_000),
        reason: Some(hider.text(Part::Messages, word(4))),
        attempts: 1,
        tries: List::of([Try { at: 1, came: Answer::Answered, status: Some(503), code: None }]),
        body: Some(hider.body(Part::Messages, &message)),
    };
    let held = Held {
        settings: List::of([(Text::word("language"), Text::word("de"))]),
        notices: Notices { on: true, quiet_until: None, summary_at: None, told: 2, off: List::default() },
        links: Links {
            cloud: Some(Cloud {
                server: Text::word("cloud.example"),
                account: hider.alias(Kind::Mail, Part::Links, word(3)),
                owner: hider.alias(Kind::Name, Part::Links, word(0)),
                scope: Text::word("devices ledger"),
                since: 1,
                lasting: true,
                cursor: 7,
                connection: Connection::Offline,
                detail: Some(hider.text(Part::Links, &format!("no answer from {}", word(2)))),
                outbox: Counts { waiting: 1, parked: 0 },
            }),
            alexa: None,
            direct: None,
        },
        devices: List::of([device]),
        orders: List::default(),
        reorder: List::default(),
    };
    let lines = lines(&log, 10, Part::Log, hider);
    Bundle {
        made_at: 1_795_000_000_000,
        removed: List::of(hider.removed()),
        versions: Versions {
            program: Text::word("0.1.0"),
            system: Text::word("Debian 12"),
            machine: Text::word("x86_64"),
            language: Text::word("de-DE"),
            schema: Some(10),
            schema_known: 10,
            formats: Formats { export: 1, dossier: 1, cloud: Text::word("v1"), alexa: Text::word("3") },
        },
        household: Household::Open(Box::new(held)),
        messages: List::of([message]),
        log: List::of(lines),
        crash: List::default(),
    }
}

fn sample() -> Bundle {
    let words = ["Annas Drucker", "X5EH012345", "192.168.1.24", "anna@haus.example", "Atza|0123456789abcdef"];
    bundle(&mut Hider::default(), &words.map(str::to_owned))
}

#[test]
fn the_file_is_as_documented_and_is_read_as_it_was_written() {
    let bundle = sample();
    let text = write(&bundle);
    insta::assert_snapshot!(text);
    assert_eq!(read(text.as_bytes()), Ok(bundle));
}

#[test]
fn a_closed_household_has_a_bundle_too() {
    let mut bundle = sample();
    bundle.household =
        Household::Closed { code: Text::word("database_damaged"), detail: Text::word("It is damaged.") };
    assert_eq!(read(write(&bundle).as_bytes()), Ok(bundle));
}

#[test]
fn what_is_no_bundle_is_refused_with_what_to_do() {
    let good = write(&sample());
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        read(good.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let large = vec![b' '; BUNDLE_MAX + 1];
    assert_eq!(read(&large), Err(BadBundle::TooLarge));
    assert_eq!(with("\"version\": 1", "\"version\": 2"), BadBundle::Newer(2));
    assert!(matches!(with("\"version\": 1", "\"version\": 0"), BadBundle::NotOne(_)));
    assert!(matches!(with("refill-support-bundle", "refill-export"), BadBundle::NotOne(_)));
    assert!(matches!(read(b"PK\x03\x04"), Err(BadBundle::NotOne(_))));
    assert!(matches!(read(&good.as_bytes()[..good.len() / 2]), Err(BadBundle::NotOne(_))));
    for (from, to) in [
        // A member more, one less, of another kind, and twice.
        ("\"made_at\"", "\"password\": 1, \"made_at\""),
        ("\"sample\": false,", ""),
        ("\"sample\": false", "\"sample\": \"no\""),
        ("\"sample\": false", "\"sample\": false, \"sample\": true"),
        ("\"is\": \"open\"", "\"is\": \"open\", \"code\": \"x\""),
        ("\"is\": \"network\"", "\"is\": \"network\", \"port\": 631"),
        // A name where an alias goes, and aliases of no kind.
        ("\"name\": \"name-1\"", "\"name\": \"Anna\""),
        ("\"name\": \"name-1\"", "\"name\": \"name-01\""),
        ("\"name\": \"name-1\"", "\"name\": \"name-0\""),
        ("\"name\": \"name-1\"", "\"name\": \"name-99999999999\""),
        // Texts that would turn a line round or break it.
        ("\"Debian 12\"", "\"Debian \\u202e21\""),
        ("\"Debian 12\"", "\"a\\nb\""),
        (
            "\"kind\": \"purchased\",\n          \"list\"",
            "\"kind\": \"pur\\u0000chased\",\n          \"list\"",
        ),
    ] {
        assert!(matches!(with(from, to), BadBundle::Shape(_)), "{from} {to}");
    }
    let long = with("\"Debian 12\"", &format!("\"{}\"", "x".repeat(TEXT_MAX + 1)));
    assert!(matches!(&long, BadBundle::Shape(why) if why.contains("2000")), "{long}");
    let many = with(
        "\"off\": []",
        &format!("\"off\": [{}\"x\"]", "\"018f3c5e-7c1a-7000-8000-00000000002a\",".repeat(501)),
    );
    assert!(matches!(many, BadBundle::Shape(_)));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(deep.as_bytes()).is_err());
    assert!(
        with("\"body\": {", &format!("\"body\": {{\"deep\": {}1{},", "[".repeat(40), "]".repeat(40)))
            .to_string()
            .contains("deep")
    );
}

#[test]
fn the_log_is_cut_at_its_beginning() {
    let log: String = (0..50).map(|at| format!("2026-11-22T03:10:55Z  INFO refill: {at}\n")).collect();
    let kept = lines(&log, 3, Part::Log, &mut Hider::default());
    let texts: Vec<&str> = kept.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["refill: 47", "refill: 48", "refill: 49"]);
    assert_eq!((kept[0].at, kept[0].level), (Some(1_795_317_055_000), Some(LogLevel::Info)));
}

/// Something that is in the household and nowhere else, of any writing.
fn canary() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]{2}[ -~]{0,12}[A-Za-z0-9]{3}",
        "[A-Za-zÄÖÜäöüßéèç]{4,12}( [A-Za-zÄÖÜäöüßéèç']{2,12}){0,2}",
        "[a-z]{1,8}[.+]?[a-z]{1,8}@[a-z]{2,9}\\.[a-z]{2,4}",
        "[A-Z]{1,3}[0-9]{5,12}",
        "(Atza\\||rfr_)[A-Za-z0-9_-]{20,60}",
        "\\PC{5,20}",
    ]
}

/// Its letters and digits, to find it whatever was done with the rest.
fn core(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

proptest! {
    #[test]
    fn no_canary_comes_out(words in proptest::collection::vec(canary(), 5)) {
        // What the document says itself is no canary.
        let own = core(&write(&sample()));
        let bundle = bundle(&mut Hider::default(), &words);
        let text = write(&bundle);
        for word in &words {
            prop_assume!(core(word).chars().count() >= 4 && !own.contains(&core(word)));
            prop_assert!(!core(&text).contains(&core(word)), "{:?} in {}", word, text);
        }
        prop_assert_eq!(read(text.as_bytes()), Ok(bundle));
    }

    #[test]
    fn what_nobody_knew_is_hidden_by_its_looks(
        before in "[a-z ]{0,12}", after in "[a-z ]{0,12}",
        secret in prop_oneof![
            "[a-z0-9]{3,10}@[a-z]{3,9}\\.(de|example)",
            "10\\.[0-9]{1,2}\\.[1-9][0-9]\\.2[0-4][0-9]",
            "(Atza\\||Atzr\\||rfa_|rfr_)[A-Za-z0-9_-]{20,80}",
            "[0-9a-f]{8}[a-f][0-9][0-9a-f]{30}",
            "[A-Z]{2}[A-Z0-9][0-9]{7}",
        ],
    ) {
        let out = hidden(&mut Hider::default(), &format!("{before} {secret} {after}"));
        prop_assert!(!out.contains(&secret), "{}", out);
    }

    #[test]
    fn nothing_breaks_it(text in "\\PC{0,400}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut hider = Hider::default();
        hider.knows(Kind::Name, &text);
        let line = hider.text(Part::Log, &format!("a {text} b"));
        let again: Text = serde_json::from_value(serde_json::to_value(&line).unwrap()).unwrap();
        prop_assert_eq!(again, line);
        let _ = read(&bytes);
    }
}
