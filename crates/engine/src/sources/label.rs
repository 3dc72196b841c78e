//! Names that devices give, made fit for a screen: no control or direction-changing characters, bounded length,
//! and no serial number. A serial split off here is held in [`Serial`], which neither prints nor serialises.

use std::fmt;

/// Longest name shown, in characters.
pub const MAX_LABEL: usize = 120;

/// A serial number. It identifies one object in one home, so it stays out of logs, exports and bug reports:
/// `Debug` hides it and there is no `Serialize`; [`Serial::reveal`] is the only way to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Serial(String);

impl Serial {
    /// Keeps a serial, `None` when nothing but white space and punctuation is left of it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = clean(text, MAX_LABEL);
        text.chars().any(char::is_alphanumeric).then_some(Self(text))
    }

    /// The serial itself, for storing and comparing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Serial(hidden)")
    }
}

/// Makes `text` fit for one line on a screen: control characters and runs of white space become one space,
/// invisible and direction-changing characters vanish, the ends are trimmed, and at most `max` characters stay.
#[must_use]
pub fn clean(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut space = false;
    let mut count = 0;
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() || c.is_control() {
            space = count > 0;
            continue;
        }
        if count + usize::from(space) >= max {
            break;
        }
        if space {
            out.push(' ');
            count += 1;
        }
        space = false;
        out.push(c);
        count += 1;
    }
    out
}

/// Zero-width, direction-changing and tag characters: they hide text or reorder what stands beside them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Splits the serial number off a supply's name: `Black Toner S/N:CRUM-1234` (Samsung, HP), `Black Toner, PN
/// 006R01509;SN9917288` (Xerox), `Fuser S/N:   ` (nothing after the mark). Part numbers stay. The first value is
/// the name, cleaned, possibly empty.
#[must_use]
pub fn split_serial(text: &str) -> (String, Option<Serial>) {
    let text = clean(text, 4 * MAX_LABEL);
    let Some((start, value, end)) = find_serial(&text) else { return (clean(&text, MAX_LABEL), None) };
    let before = text[..start].trim_end_matches(|c: char| " ;,:-–|/([{".contains(c));
    let after = text[end..].trim_start_matches(|c: char| " ;,:)]}".contains(c));
    let name = clean(&format!("{before} {after}"), MAX_LABEL);
    (name, Serial::new(&text[value..end]))
}

/// Byte positions of the mark, of the value and of the value's end.
fn find_serial(text: &str) -> Option<(usize, usize, usize)> {
    let mut previous = ' ';
    for (start, c) in text.char_indices() {
        let at_word = !previous.is_alphanumeric();
        previous = c;
        if !at_word {
            continue;
        }
        let rest = &text[start..];
        if let Some(mark) = ["S/N", "Serial Number", "Serial No", "Serial:", "Serial#"]
            .iter()
            .find_map(|mark| starts_with(rest, mark).then_some(mark.len()))
        {
            let (value, end) = value_after(text, start + mark);
            return Some((start, value, end));
        }
        if starts_with(rest, "CRUM-") {
            return Some((start, start, value_after(text, start).1));
        }
        if starts_with(rest, "SN") {
            let (value, end) = value_after(text, start + 2);
            let serial = &text[value..end];
            if serial.len() >= 5 && serial.contains(|c: char| c.is_ascii_digit()) {
                return Some((start, value, end));
            }
        }
    }
    None
}

fn starts_with(text: &str, mark: &str) -> bool {
    text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark))
}

/// Skips what separates a mark from its value, then takes the value up to the next separator.
fn value_after(text: &str, from: usize) -> (usize, usize) {
    let rest = &text[from..];
    let value = from + (rest.len() - rest.trim_start_matches([' ', ':', '.', '#', '=']).len());
    let length = text[value..].find(|c: char| " ;,)]}|".contains(c)).unwrap_or(text.len() - value);
    (value, value + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn serials_are_split_off_and_part_numbers_stay() {
        for (given, name, serial) in [
            ("Black Toner S/N:CRUM-210729A5BB3", "Black Toner", Some("CRUM-210729A5BB3")),
            (
                "Black Imaging Unit (OPC Unit) S/N:CRUM-1305",
                "Black Imaging Unit (OPC Unit)",
                Some("CRUM-1305"),
            ),
            (
                "Black Toner, PN 006R01509;SN99172880E000044B",
                "Black Toner, PN 006R01509",
                Some("99172880E000044B"),
            ),
            ("Fuser S/N:                ", "Fuser", None),
            ("HP 62 Black SN CN65N2JDJX", "HP 62 Black", Some("CN65N2JDJX")),
            ("Cyan (S/N 12-34567) toner", "Cyan toner", Some("12-34567")),
            ("Drum Serial Number: ABC123", "Drum", Some("ABC123")),
            ("serial no. 77 Drum", "Drum", Some("77")),
            ("CRUM-123456", "", Some("CRUM-123456")),
            ("  Black\tink\r\n ", "Black ink", None),
            ("Snow white ink", "Snow white ink", None),
            ("SN Black", "SN Black", None),
            ("Cyan TK-5490CS", "Cyan TK-5490CS", None),
            ("Black(PGBK)", "Black(PGBK)", None),
            ("Schwarz\u{202e}eniT", "SchwarzeniT", None),
        ] {
            let (got, got_serial) = split_serial(given);
            assert_eq!(got, name, "name of {given:?}");
            assert_eq!(got_serial.as_ref().map(Serial::reveal), serial, "serial of {given:?}");
        }
    }

    #[test]
    fn a_serial_does_not_print() {
        let serial = Serial::new("CRUM-1234").expect("a serial");
        assert!(!format!("{serial:?}").contains("1234"));
        assert_eq!(Serial::new(" -- "), None);
    }

    #[test]
    fn long_names_are_cut_by_characters() {
        assert_eq!(clean(&"ä".repeat(500), 3), "äää");
        assert_eq!(clean("ab cd", 3), "ab", "no space is left at the cut");
        assert_eq!(clean("\0\u{7f}", 10), "");
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_short_line(text in any::<String>()) {
            let (name, _) = split_serial(&text);
            prop_assert!(name.chars().count() <= MAX_LABEL);
            prop_assert!(!name.chars().any(char::is_control));
            prop_assert_eq!(name.trim(), name.as_str());
            prop_assert_eq!(clean(&name, MAX_LABEL), name.clone(), "cleaning twice changes nothing");
        }
    }
}
