//! The IPP wire format (RFC 8010), read tolerantly: whatever is whole in an answer is kept, whatever is not
//! costs only itself. The reader never panics, looks at each byte once, and holds at most [`MAX_VALUES`] values.
//!
//! Printers break the letter of the format in ways that would cost a strict reader the whole answer: unknown
//! value tags, enums out of range, text that is not UTF-8, integers of the wrong length, collections left open,
//! attributes sent twice, bytes after the end. None of these is an error here. The members of collections are
//! skipped: nothing Refill asks for is a collection, and media databases of many thousand entries are.

/// Values kept from one answer; a real one has a few thousand at most. Later ones are dropped and the answer is
/// marked [`Answer::truncated`].
pub const MAX_VALUES: usize = 50_000;

/// Group of printer attributes (RFC 8010, 3.5.1).
pub const PRINTER_GROUP: u8 = 0x04;
const OPERATION_GROUP: u8 = 0x01;
const END_OF_ATTRIBUTES: u8 = 0x03;
const LAST_DELIMITER: u8 = 0x0f;
const LAST_OUT_OF_BAND: u8 = 0x1f;
const INTEGER: u8 = 0x21;
const BOOLEAN: u8 = 0x22;
const ENUM: u8 = 0x23;
const OCTETS: u8 = 0x30;
const RANGE: u8 = 0x33;
const BEGIN_COLLECTION: u8 = 0x34;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME_WITH_LANGUAGE: u8 = 0x36;
const END_COLLECTION: u8 = 0x37;
const FIRST_TEXT: u8 = 0x40;
const LAST_TEXT: u8 = 0x5f;
const KEYWORD: u8 = 0x44;
const URI: u8 = 0x45;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;
const MEMBER_NAME: u8 = 0x4a;

/// One decoded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Version the printer answered with, major and minor.
    pub version: (u8, u8),
    /// Status code (RFC 8011, 4.1.6.1); below 0x0100 is success.
    pub status: u16,
    /// Attribute groups in the order sent, empty ones left out.
    pub groups: Vec<Group>,
    /// True when the end-of-attributes tag never came, or values were dropped: something may be missing.
    pub truncated: bool,
}

/// One attribute group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Delimiter tag, [`PRINTER_GROUP`] for a printer.
    pub tag: u8,
    /// Attributes in the order sent; a name may occur twice.
    pub attributes: Vec<Attribute>,
}

/// One attribute with all its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Name as sent, invalid UTF-8 replaced.
    pub name: String,
    /// At least one value.
    pub values: Vec<Value>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// integer or enum, also when the printer sent it with 1, 2 or 8 bytes.
    Integer(i32),
    /// boolean.
    Boolean(bool),
    /// Any character string, language dropped, invalid UTF-8 replaced.
    Text(String),
    /// octetString.
    Octets(Vec<u8>),
    /// rangeOfInteger.
    Range(i32, i32),
    /// A collection; its members are not kept.
    Collection,
    /// unsupported, unknown, no-value, not-settable and their kind (tags 0x10 to 0x1f).
    OutOfBand(u8),
    /// A value of a type or length we do not read (resolution, dateTime, tags of the future).
    Other(u8),
}

/// The bytes are not an IPP message at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not an IPP answer")]
pub struct NotIpp;

impl Answer {
    /// Groups that describe a printer, in the order sent.
    pub fn printers(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.tag == PRINTER_GROUP)
    }

    /// True for the successful-ok family (RFC 8011, B.1.1).
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status < 0x0100
    }
}

impl Group {
    /// Values of the attribute of this name; of one sent twice, those of the first that holds a real value.
    /// An attribute that is absent or only out-of-band gives an empty slice.
    #[must_use]
    pub fn values(&self, name: &str) -> &[Value] {
        self.attributes
            .iter()
            .filter(|attribute| attribute.name == name)
            .find(|attribute| attribute.values.iter().any(|value| !matches!(value, Value::OutOfBand(_))))
            .map_or(&[], |attribute| attribute.values.as_slice())
    }

    /// First value as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.values(name).iter().find_map(Value::text)
    }

    /// First value as an integer.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i32> {
        self.values(name).iter().find_map(Value::integer)
    }
}

impl Value {
    /// Text of a string or octet string. Printers use one where the standard asks for the other.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Octets(bytes) => Some(lossy(bytes)),
            _ => None,
        }
    }

    /// Number of an integer or enum.
    #[must_use]
    pub fn integer(&self) -> Option<i32> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

/// Reads one answer.
///
/// # Errors
/// [`NotIpp`] when the eight header bytes or the first group tag cannot be IPP (a web page, an empty body).
/// Everything after that is read as far as it goes.
pub fn decode(bytes: &[u8]) -> Result<Answer, NotIpp> {
    let mut input = Input { rest: bytes };
    let (Some(major), Some(minor)) = (input.byte(), input.byte()) else { return Err(NotIpp) };
    let status = input.u16().ok_or(NotIpp)?;
    input.take(4).ok_or(NotIpp)?;
    if !(1..=9).contains(&major) || input.rest.first().is_some_and(|tag| *tag > LAST_DELIMITER) {
        return Err(NotIpp);
    }
    let mut reader = Reader { groups: Vec::new(), open: false, depth: 0, kept: 0, dropped: false };
    let ended = reader.run(&mut input).is_some();
    reader.groups.retain(|group| !group.attributes.is_empty());
    Ok(Answer { version: (major, minor), status, groups: reader.groups, truncated: !ended || reader.dropped })
}

struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.rest.split_at_checked(count)?;
        self.rest = tail;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).and_then(|bytes| bytes.first().copied())
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes)
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }
}

struct Reader {
    groups: Vec<Group>,
    /// An attribute has been opened in the last group, so a nameless value belongs to it.
    open: bool,
    /// How many collections are open; everything inside is skipped.
    depth: usize,
    kept: usize,
    dropped: bool,
}

impl Reader {
    /// `Some` when the end-of-attributes tag was reached, `None` when the input ended before it.
    fn run(&mut self, input: &mut Input<'_>) -> Option<()> {
        loop {
            let tag = input.byte()?;
            if tag == END_OF_ATTRIBUTES {
                return Some(());
            }
            if tag <= LAST_DELIMITER {
                self.begin_group(tag);
                continue;
            }
            let name = input.sized()?;
            let value = input.sized()?;
            self.value(tag, name, value);
        }
    }

    fn begin_group(&mut self, tag: u8) {
        self.depth = 0;
        self.open = false;
        match self.groups.last_mut() {
            Some(last) if last.attributes.is_empty() => last.tag = tag,
            _ => self.groups.push(Group { tag, attributes: Vec::new() }),
        }
    }

    fn value(&mut self, tag: u8, name: &[u8], bytes: &[u8]) {
        if self.depth > 0 {
            match tag {
                _ if !name.is_empty() => self.depth = 0, // members are nameless: the collection was left open
                BEGIN_COLLECTION => return self.depth += 1,
                END_COLLECTION => return self.depth -= 1,
                _ => return,
            }
        }
        if tag == BEGIN_COLLECTION {
            self.depth = 1;
        } else if tag == END_COLLECTION || tag == MEMBER_NAME {
            return;
        }
        if self.kept >= MAX_VALUES {
            self.dropped = true;
            return;
        }
        let Some(group) = self.groups.last_mut() else { return };
        let value = typed(tag, bytes);
        if !name.is_empty() {
            group.attributes.push(Attribute { name: lossy(name), values: vec![value] });
            self.open = true;
        } else if let Some(attribute) = group.attributes.last_mut().filter(|_| self.open) {
            attribute.values.push(value);
        } else {
            return;
        }
        self.kept += 1;
    }
}

fn typed(tag: u8, bytes: &[u8]) -> Value {
    match tag {
        0..=LAST_OUT_OF_BAND => Value::OutOfBand(tag),
        INTEGER | ENUM => integer(bytes).map_or(Value::Other(tag), Value::Integer),
        BOOLEAN => Value::Boolean(bytes.iter().any(|byte| *byte != 0)),
        OCTETS => Value::Octets(bytes.to_vec()),
        RANGE => match bytes.split_at_checked(4) {
            Some((low, high)) if high.len() == 4 => integer(low)
                .zip(integer(high))
                .map_or(Value::Other(tag), |(low, high)| Value::Range(low, high)),
            _ => Value::Other(tag),
        },
        BEGIN_COLLECTION => Value::Collection,
        TEXT_WITH_LANGUAGE | NAME_WITH_LANGUAGE => {
            Value::Text(lossy(without_language(bytes).unwrap_or(bytes)))
        }
        FIRST_TEXT..=LAST_TEXT => Value::Text(lossy(bytes)),
        _ => Value::Other(tag),
    }
}

/// RFC 8010 asks for four bytes; firmware was seen to send fewer, or eight.
fn integer(bytes: &[u8]) -> Option<i32> {
    let first = *bytes.first()?;
    if bytes.len() > 8 {
        return None;
    }
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    let number = bytes.iter().fold(sign, |number: i64, byte| (number << 8) | i64::from(*byte));
    i32::try_from(number).ok()
}

fn without_language(bytes: &[u8]) -> Option<&[u8]> {
    let mut input = Input { rest: bytes };
    input.sized()?;
    input.sized()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Builds a Get-Printer-Attributes request (RFC 8011, 4.2.5) for `printer_uri`, asking for `attributes`
/// (empty: the printer decides, which means `all`). Names and URIs longer than the format's 65,535 bytes
/// are cut.
#[must_use]
pub fn get_printer_attributes(version: (u8, u8), printer_uri: &str, attributes: &[&str]) -> Vec<u8> {
    const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;
    const REQUEST_ID: u32 = 1;
    let mut out = vec![version.0, version.1];
    out.extend(GET_PRINTER_ATTRIBUTES.to_be_bytes());
    out.extend(REQUEST_ID.to_be_bytes());
    out.push(OPERATION_GROUP);
    put(&mut out, CHARSET, "attributes-charset", "utf-8");
    put(&mut out, LANGUAGE, "attributes-natural-language", "en");
    put(&mut out, URI, "printer-uri", printer_uri);
    let mut name = "requested-attributes";
    for attribute in attributes {
        put(&mut out, KEYWORD, name, attribute);
        name = "";
    }
    out.push(END_OF_ATTRIBUTES);
    out
}

fn put(out: &mut Vec<u8>, tag: u8, name: &str, value: &str) {
    out.push(tag);
    for part in [name, value] {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        out.extend(length.to_be_bytes());
        out.extend(part.bytes().take(usize::from(length)));
    }
}

#[cfg(test)]
pub(super) mod tests;
