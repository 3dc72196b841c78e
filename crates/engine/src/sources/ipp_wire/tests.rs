//! What the reader must survive: every irregularity by hand, then arbitrary bytes and damaged messages.

use proptest::prelude::*;

use super::*;

/// Builds an answer from groups of raw attributes.
pub(in crate::sources) struct Message(pub Vec<u8>);

impl Message {
    pub fn new() -> Self {
        Self(vec![1, 1, 0, 0, 0, 0, 0, 1])
    }

    pub fn tag(mut self, tag: u8) -> Self {
        self.0.push(tag);
        self
    }

    pub fn value(mut self, tag: u8, name: &str, value: &[u8]) -> Self {
        self.0.push(tag);
        for part in [name.as_bytes(), value] {
            self.0.extend(u16::try_from(part.len()).expect("short").to_be_bytes());
            self.0.extend(part);
        }
        self
    }

    pub fn printer(self) -> Self {
        self.tag(PRINTER_GROUP)
    }

    fn end(self) -> Answer {
        decode(&self.tag(END_OF_ATTRIBUTES).0).expect("IPP")
    }
}

fn only(answer: &Answer) -> &Group {
    let groups: Vec<&Group> = answer.printers().collect();
    assert_eq!(groups.len(), 1, "{answer:?}");
    groups[0]
}

#[test]
fn values_of_every_type_are_read() {
    let answer = Message::new()
        .tag(OPERATION_GROUP)
        .value(0x47, "attributes-charset", b"utf-8")
        .printer()
        .value(0x21, "integer", &(-2_i32).to_be_bytes())
        .value(0x23, "enum", &[0, 0, 0x27, 0x10])
        .value(0x22, "boolean", &[1])
        .value(0x30, "octets", b"a=1;")
        .value(0x33, "range", &[0, 0, 0, 1, 0, 0, 0, 99])
        .value(0x32, "resolution", &[0, 0, 1, 44, 0, 0, 1, 44, 3])
        .value(0x31, "date", &[7; 11])
        .value(0x35, "text", b"\x00\x02de\x00\x05Tinte")
        .value(0x36, "name", b"\x00\x05Tinte")
        .value(0x42, "latin", b"T\xfcr")
        .value(0x13, "nothing", b"")
        .value(0x6f, "future", b"???")
        .value(0x7f, "extension", &[0, 0, 1, 2])
        .end();
    assert!(!answer.truncated);
    assert_eq!(answer.version, (1, 1));
    let group = only(&answer);
    let value = |name: &str| &group.attributes.iter().find(|a| a.name == name).expect(name).values[0];
    assert_eq!(*value("integer"), Value::Integer(-2));
    assert_eq!(*value("enum"), Value::Integer(10_000));
    assert_eq!(*value("boolean"), Value::Boolean(true));
    assert_eq!(value("octets").text().as_deref(), Some("a=1;"));
    assert_eq!(*value("range"), Value::Range(1, 99));
    assert_eq!(*value("resolution"), Value::Other(0x32));
    assert_eq!(*value("date"), Value::Other(0x31));
    assert_eq!(value("text").text().as_deref(), Some("Tinte"));
    assert_eq!(value("name").text().as_deref(), Some("\0\u{5}Tinte"), "a broken language keeps its text");
    assert_eq!(value("latin").text().as_deref(), Some("T\u{fffd}r"));
    assert_eq!(*value("nothing"), Value::OutOfBand(0x13));
    assert_eq!(*value("future"), Value::Other(0x6f));
    assert_eq!(*value("extension"), Value::Other(0x7f));
    assert!(group.values("nothing").is_empty(), "no-value is as good as absent");
}

#[test]
fn integers_of_the_wrong_length_are_read_where_they_fit() {
    for (bytes, want) in [
        (&[0x0f][..], Some(15)),
        (&[0xfe], Some(-2)),
        (&[0x01, 0x00], Some(256)),
        (&[0, 0, 0, 0, 0, 0, 0, 57], Some(57)),
        (&[0x7f, 0, 0, 0, 0, 0, 0, 0], None),
        (&[0; 9], None),
        (&[], None),
    ] {
        let answer = Message::new().printer().value(0x21, "level", bytes).value(0x44, "after", b"kept").end();
        assert_eq!(only(&answer).integer("level"), want, "{bytes:?}");
        assert_eq!(only(&answer).text("after").as_deref(), Some("kept"));
    }
}

#[test]
fn additional_values_belong_to_the_attribute_before() {
    let answer = Message::new()
        .printer()
        .value(0x44, "", b"nameless first: lost")
        .value(0x21, "marker-levels", &[0, 0, 0, 57])
        .value(0x21, "", &[0xff, 0xff, 0xff, 0xfe])
        .value(0x12, "", b"")
        .printer()
        .value(0x44, "", b"not of the group before")
        .value(0x44, "second", b"printer")
        .end();
    let groups: Vec<&Group> = answer.printers().collect();
    assert_eq!(groups.len(), 2);
    assert_eq!(
        groups[0].values("marker-levels"),
        [Value::Integer(57), Value::Integer(-2), Value::OutOfBand(0x12)]
    );
    assert_eq!(groups[0].attributes.len(), 1);
    assert_eq!(groups[1].attributes.len(), 1);
}

#[test]
fn collections_are_skipped_whole_even_when_left_open() {
    let nested = |message: Message| {
        message
            .value(0x34, "media-col-ready", b"")
            .value(0x4a, "", b"media-size")
            .value(0x34, "", b"")
            .value(0x4a, "", b"x-dimension")
            .value(0x21, "", &[0, 0, 0x52, 0x08])
            .value(0x37, "", b"")
            .value(0x37, "", b"")
            .value(0x34, "", b"")
            .value(0x37, "", b"")
    };
    let answer = nested(Message::new().printer()).value(0x37, "", b"").value(0x44, "after", b"kept").end();
    let group = only(&answer);
    assert_eq!(group.values("media-col-ready"), [Value::Collection, Value::Collection]);
    assert_eq!(group.attributes.len(), 2);

    let open = nested(Message::new().printer()).value(0x34, "broken", b"").value(0x4a, "", b"member");
    let answer = open.value(0x44, "after", b"kept").end();
    assert_eq!(only(&answer).text("after").as_deref(), Some("kept"), "a name ends an open collection");

    let open = Message::new().printer().value(0x34, "broken", b"");
    let answer = open.printer().value(0x44, "after", b"kept").end();
    assert_eq!(answer.printers().last().and_then(|group| group.text("after")).as_deref(), Some("kept"));
}

#[test]
fn of_an_attribute_sent_twice_the_first_real_value_counts() {
    let answer = Message::new()
        .printer()
        .value(0x12, "printer-location", b"")
        .value(0x41, "printer-location", b"Hall")
        .value(0x41, "printer-location", b"Cellar")
        .end();
    assert_eq!(only(&answer).text("printer-location").as_deref(), Some("Hall"));
}

#[test]
fn a_cut_answer_keeps_what_was_whole() {
    let whole = Message::new().printer().value(0x44, "first", b"kept").value(0x44, "second", b"whole").0;
    let first = Message::new().printer().value(0x44, "first", b"kept").0.len();
    for cut in first..=whole.len() {
        let answer = decode(&whole[..cut]).expect("IPP");
        assert!(answer.truncated, "cut at {cut}");
        assert_eq!(only(&answer).text("first").as_deref(), Some("kept"));
        assert_eq!(only(&answer).text("second").is_some(), cut == whole.len());
    }
}

#[test]
fn bytes_after_the_end_do_not_matter() {
    let mut bytes = Message::new().printer().value(0x44, "a", b"b").tag(END_OF_ATTRIBUTES).0;
    bytes.extend(b"%PDF and more");
    let answer = decode(&bytes).expect("IPP");
    assert!(!answer.truncated);
    assert_eq!(only(&answer).attributes.len(), 1);
}

#[test]
fn what_is_no_ipp_is_refused() {
    for bytes in [
        &b""[..],
        b"\x01\x01\x00",
        b"<!DOCTYPE html><html>",
        b"\x01\x01\0\0\0\0\0\x01\x44\0\x01a\0\x01b",
        b"HTTP/1.1 200 OK\r\n",
        b"\0\0\0\0\0\0\0\0\x01",
    ] {
        assert_eq!(decode(bytes), Err(NotIpp), "{bytes:?}");
    }
    assert!(decode(&[2, 0, 5, 7, 0, 0, 0, 1]).expect("a bare header").truncated);
}

#[test]
fn memory_is_bounded() {
    let mut message = Message::new().printer();
    for _ in 0..MAX_VALUES + 10 {
        message = message.value(0x21, "n", &[]);
    }
    let answer = message.end();
    assert_eq!(only(&answer).attributes.len(), MAX_VALUES);
    assert!(answer.truncated);
    let groups = Message(Message::new().0.into_iter().chain([PRINTER_GROUP; 100_000]).collect()).end();
    assert!(groups.groups.is_empty(), "empty groups cost nothing");
}

#[test]
fn a_request_is_well_formed() {
    let bytes = get_printer_attributes((2, 0), "ipp://h/ipp/print", &["marker-names", "marker-levels"]);
    assert_eq!(&bytes[..8], [2, 0, 0, 0x0b, 0, 0, 0, 1]);
    let request = decode(&bytes).expect("the formats are the same");
    assert!(!request.truncated);
    let operation = &request.groups[0];
    assert_eq!(operation.attributes[0].name, "attributes-charset", "RFC 8011, 4.1.4: charset comes first");
    assert_eq!(operation.attributes[1].name, "attributes-natural-language");
    assert_eq!(operation.text("printer-uri").as_deref(), Some("ipp://h/ipp/print"));
    assert_eq!(operation.values("requested-attributes").len(), 2);
    let all = decode(&get_printer_attributes((1, 1), "ipp://h/", &[])).expect("a request");
    assert!(all.groups[0].values("requested-attributes").is_empty());
}

fn sample() -> Vec<u8> {
    Message::new()
        .printer()
        .value(0x42, "marker-names", b"Black ink")
        .value(0x42, "", b"Cyan ink")
        .value(0x21, "marker-levels", &[0, 0, 0, 57])
        .value(0x21, "", &[0, 0, 0, 99])
        .value(0x34, "media-col", b"")
        .value(0x37, "", b"")
        .tag(END_OF_ATTRIBUTES)
        .0
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = decode(&bytes);
        let mut framed = vec![1, 1, 0, 0, 0, 0, 0, 1, PRINTER_GROUP];
        framed.extend(&bytes);
        let _ = decode(&framed);
    }

    #[test]
    fn a_damaged_answer_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = sample();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = decode(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = decode(&bytes);
    }
}
