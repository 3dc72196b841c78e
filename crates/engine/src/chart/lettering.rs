//! Text for a picture: made harmless, escaped, measured and cut. Nothing a person or a device called something can leave
//! its element, reorder the text around it, or run over the edge.

use std::borrow::Cow;

/// Longest text that is put into a picture, in characters; longer ones end in `…`.
const LONGEST: usize = 400;

/// Without characters that XML forbids and without those that turn the writing direction for what follows.
/// A line break stays only where `lines` says so, otherwise it becomes a space.
pub(crate) fn harmless(text: &str, lines: bool) -> Cow<'_, str> {
    let fine = |c: char| !c.is_control() && !turns_direction(c) && !forbidden(c);
    if text.len() <= LONGEST && text.chars().all(|c| fine(c) || (lines && c == '\n')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().min(4 * LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        match c {
            '\n' if lines => out.push('\n'),
            '\n' | '\t' | '\r' => out.push(' '),
            c if fine(c) => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// Embeddings, overrides and isolates. Plain direction marks (200E, 200F) are part of names and harmless.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Not allowed in XML 1.0 although they are characters, and line separators that are no line breaks to XML.
fn forbidden(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{2028}' | '\u{2029}')
}

/// Appends `text` as XML character data that is also safe inside a quoted attribute.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    for c in harmless(text, false).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
}

/// Estimated width of `text` in px at the font size `size`, rather too wide than too narrow. There is no font to ask:
/// the same text goes to several engines. Figures are tabular.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

fn em(c: char) -> f64 {
    match c {
        '0'..='9' => 0.62,
        ' ' | '\u{A0}' | '\u{202F}' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'i' | 'j' | 'l' | 'I' => {
            0.31
        }
        'f' | 't' | 'r' | '-' | '(' | ')' | '/' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
        'A'..='Z' => 0.70,
        'a'..='z' => 0.58,
        '\u{0300}'..='\u{036F}' | '\u{200B}'..='\u{200F}' => 0.0,
        '\u{1100}'..='\u{11FF}'
        | '\u{2E80}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' => 1.0,
        '\u{FF00}'..='\u{FF60}' | '\u{1F000}'..='\u{3FFFF}' => 1.0,
        _ => 0.66,
    }
}

/// `text`, cut with `…` if it is wider than `room` px at the font size `size`; empty if not even that fits.
pub(crate) fn fitted(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    let text = harmless(text, false);
    if width(&text, size) <= room {
        return text;
    }
    let ellipsis = width("…", size);
    if ellipsis > room {
        return Cow::Borrowed("");
    }
    let mut used = ellipsis;
    let mut out = String::new();
    for c in text.chars() {
        used += em(c) * size;
        if used > room {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_tamed() {
        let table = [
            ("Black ink", "Black ink"),
            ("<script>alert('x')</script>", "&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;"),
            ("a\u{0}b\u{1b}[31mc", "ab[31mc"),
            ("two\nlines\tand a tab", "two lines and a tab"),
            ("\u{202E}kni kcalB\u{202C}", "kni kcalB"),
            ("\u{2067}isolate\u{2069}\u{FFFE}", "isolate"),
            ("Schwarz & \"Blau\"", "Schwarz &amp; &quot;Blau&quot;"),
            ("حبر\u{200F} أسود", "حبر\u{200F} أسود"),
        ];
        for (given, wanted) in table {
            let mut out = String::new();
            escape_into(&mut out, given);
            assert_eq!(out, wanted, "{given:?}");
        }
        assert_eq!(harmless("day\namount", true), "day\namount");
        assert_eq!(harmless(&"x".repeat(5000), true).chars().count(), LONGEST + 1);
    }

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fitted("Low mark, 400 ml", 11.0, 500.0), "Low mark, 400 ml");
        let cut = fitted("Low mark, 400 ml", 11.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 11.0) <= 60.0, "{cut}");
        assert_eq!(fitted("Low mark, 400 ml", 11.0, 2.0), "");
        assert!(width("残り", 11.0) >= 22.0);
    }
}
