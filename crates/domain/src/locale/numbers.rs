//! Numbers and money, read and written in a locale's digits and separators. What is read is exact or refused:
//! no text becomes another number than the one a person of that locale would say it is.

use super::Locale;
use super::data::{currency, fill, habits};
use crate::measure::{AMOUNT_MAX, AmountError, Milli};

/// Stands for every kind of space while a number is read.
const SPACE: char = ' ';
/// Stands for every kind of apostrophe.
const APOSTROPHE: char = '\'';
/// Written before numbers below zero.
pub(super) const MINUS: char = '−';
/// Between a number and what follows it.
pub(super) const NO_BREAK: char = '\u{a0}';

/// The number a person typed, in thousandths.
///
/// The separators mean what the locale says. Groups are groups of three, parted by the locale's separator, any
/// space or an apostrophe. A single point or comma that can't part groups, because other than three digits follow
/// it or because what stands before it can't be a group, is the decimal separator whatever the locale: `1.5` is
/// one and a half in Germany too. Digits, signs and separators may be full-width. Trailing zeros may exceed three
/// decimals.
///
/// # Errors
/// `NotANumber`, `TooPrecise` beyond three decimals, `TooLarge` beyond [`AMOUNT_MAX`] either side of zero.
pub fn parse_number(text: &str, locale: Locale) -> Result<Milli, AmountError> {
    let text = text.trim();
    let (negative, body) = match text.chars().next().map(plain) {
        Some('-') => (true, without_first(text)),
        Some('+') => (false, without_first(text)),
        _ => (false, text),
    };
    let magnitude = parse_digits(body.trim_start(), locale)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// Whether `c` can be part of a number; the rest of an amount is its unit.
pub(crate) fn in_number(c: char) -> bool {
    c.is_whitespace() || matches!(plain(c), '0'..='9' | '.' | ',' | '+' | '-' | APOSTROPHE)
}

fn without_first(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

/// The ASCII form of a full-width character, and one form for all minus signs, apostrophes and spaces.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        MINUS => '-',
        '\u{2019}' => APOSTROPHE,
        c if c.is_whitespace() => SPACE,
        c => c,
    }
}

/// One run of digits and the separator before it.
struct Run {
    separator: Option<char>,
    digits: String,
}

fn parse_digits(text: &str, locale: Locale) -> Result<Milli, AmountError> {
    let mut runs = vec![Run { separator: None, digits: String::new() }];
    for c in text.chars().map(plain) {
        match c {
            '0'..='9' => {
                if let Some(run) = runs.last_mut() {
                    run.digits.push(c);
                }
            }
            '.' | ',' | SPACE | APOSTROPHE => {
                runs.push(Run { separator: Some(c), digits: String::new() });
            }
            _ => return Err(AmountError::NotANumber),
        }
    }
    let decimals = match runs.last() {
        Some(last) if is_decimal(&runs, last, locale) => runs.pop().map(|run| run.digits),
        _ => None,
    };
    if decimals.as_deref() == Some("") || !grouped(&runs, decimals.is_some(), locale) {
        return Err(AmountError::NotANumber);
    }
    let whole: String = runs.into_iter().map(|run| run.digits).collect();
    to_milli(&whole, decimals.as_deref().unwrap_or(""))
}

/// Whether the last run of digits is the decimals.
fn is_decimal(runs: &[Run], last: &Run, locale: Locale) -> bool {
    let Some(separator @ ('.' | ',')) = last.separator else { return false };
    let before = runs.get(..runs.len() - 1).unwrap_or_default();
    if before.iter().any(|run| run.separator == last.separator) {
        return false;
    }
    if is(separator, &habits(locale).decimal) {
        return true;
    }
    // The locale's own group separator, or one it doesn't know: decimal only where it can't part groups.
    if before.len() > 1 {
        let own_groups = before.iter().any(|run| matches!(run.separator, Some('.' | ',')));
        return !own_groups && last.digits.len() != 3;
    }
    let first = before.first().map_or("", |run| run.digits.as_str());
    last.digits.len() != 3 || first.is_empty() || first.len() > 3 || first.starts_with('0')
}

/// Whether the digits before the decimals are one run, or groups of three parted by one separator that the
/// locale's people may use.
fn grouped(runs: &[Run], has_decimals: bool, locale: Locale) -> bool {
    let Some((first, groups)) = runs.split_first() else { return false };
    let Some(separator) = groups.first().and_then(|run| run.separator) else {
        return has_decimals || !first.digits.is_empty();
    };
    let allowed = matches!(separator, SPACE | APOSTROPHE) || is(separator, &habits(locale).group);
    allowed
        && matches!(first.digits.len(), 1..=3)
        && groups.iter().all(|run| run.separator == Some(separator) && run.digits.len() == 3)
}

fn is(separator: char, of_locale: &str) -> bool {
    of_locale.chars().map(plain).eq([separator])
}

fn to_milli(whole: &str, decimals: &str) -> Result<Milli, AmountError> {
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 3 {
        return Err(AmountError::TooPrecise);
    }
    let mut milli: Milli = 0;
    for digit in whole.bytes().chain(decimals.bytes().chain([b'0'; 3]).take(3)) {
        let next = milli.checked_mul(10).and_then(|m| m.checked_add(Milli::from(digit - b'0')));
        milli = next.filter(|m| *m <= AMOUNT_MAX).ok_or(AmountError::TooLarge)?;
    }
    Ok(milli)
}

/// The exact number, without trailing zeros: `12.345,6`.
pub fn format_number(milli: Milli, locale: Locale) -> String {
    write_number(milli < 0, u128::from(milli.unsigned_abs()), 3, Zeros::Trimmed, locale)
}

/// A price, `milli` thousandths of the currency's unit, in the currency's own number of decimals: `8,50 €`. Codes
/// whose habits are unknown stand as they are with two decimals; what is no ISO 4217 code is left out.
pub fn money(milli: Milli, currency_code: &str, locale: Locale) -> String {
    let habits = habits(locale);
    let known = currency(currency_code);
    let digits = known.map_or(2, |known| known.digits);
    let is_code = currency_code.len() == 3 && currency_code.bytes().all(|b| b.is_ascii_uppercase());
    let symbol = match (habits.currencies.get(currency_code), known) {
        (Some(own), _) => own.as_str(),
        (None, Some(known)) => known.symbol.as_str(),
        (None, None) if is_code => currency_code,
        (None, None) => "",
    };
    let shift = 10u128.pow(3 - digits.min(3));
    let scaled = div_nearest(u128::from(milli.unsigned_abs()), shift);
    let number = write_number(false, scaled, digits, Zeros::Kept, locale);
    let sign = if milli < 0 && scaled > 0 { MINUS.to_string() } else { String::new() };
    if symbol.is_empty() {
        return sign + &number;
    }
    // A code before the number needs a space that a symbol doesn't.
    let code_first = habits.money.starts_with("{c}") && symbol.ends_with(|c: char| c.is_ascii_alphabetic());
    let symbol = if code_first { format!("{symbol}{NO_BREAK}") } else { symbol.to_owned() };
    sign + &fill(&habits.money, &[("c", &symbol), ("n", &number)])
}

/// What becomes of zeros at the end of the decimals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// `1.5`
    Trimmed,
    /// `1.50`
    Kept,
}

/// `scaled` / 10^`decimals` in the locale's separators; no sign before zero.
pub(super) fn write_number(
    negative: bool,
    scaled: u128,
    decimals: u32,
    zeros: Zeros,
    locale: Locale,
) -> String {
    let habits = habits(locale);
    let unit = 10u128.pow(decimals);
    let whole = (scaled / unit).to_string();
    let mut text = String::with_capacity(whole.len() + 12);
    if negative && scaled > 0 {
        text.push(MINUS);
    }
    let grouping = whole.len() >= 3 + habits.min_grouping;
    for (index, digit) in whole.chars().enumerate() {
        if grouping && index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push_str(&habits.group);
        }
        text.push(digit);
    }
    if decimals > 0 {
        let rest = format!("{:0width$}", scaled % unit, width = decimals as usize);
        let rest = if zeros == Zeros::Trimmed { rest.trim_end_matches('0') } else { &rest };
        if !rest.is_empty() {
            text.push_str(&habits.decimal);
            text.push_str(rest);
        }
    }
    text
}

/// `n / d` to the nearest whole number, ties to even; `d` is above zero.
pub(super) fn div_nearest(n: u128, d: u128) -> u128 {
    let (quotient, rest) = (n / d, n % d);
    match rest.cmp(&(d - rest)) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + (quotient & 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_mean_what_the_locale_says() {
        use Locale::{DeDe, EnGb, EnUs, EsEs, EsUs, FrFr, ItIt, JaJp};
        let cases: &[(&str, &[Locale], Milli)] = &[
            ("39,264", &[DeDe, EsEs, FrFr, ItIt], 39_264),
            ("39,264", &[EnGb, EnUs, EsUs, JaJp], 39_264_000),
            ("39.264", &[DeDe, EsEs, ItIt], 39_264_000),
            ("39.264", &[EnGb, EnUs, EsUs, JaJp], 39_264),
            ("1.5", Locale::ALL, 1_500),
            ("1,5", Locale::ALL, 1_500),
            ("1,50", Locale::ALL, 1_500),
            ("0.500", Locale::ALL, 500),
            ("0,500", Locale::ALL, 500),
            ("1234,567", Locale::ALL, 1_234_567),
            (".5", Locale::ALL, 500),
            (",25", Locale::ALL, 250),
            (".125", Locale::ALL, 125),
            ("12", Locale::ALL, 12_000),
            ("007", Locale::ALL, 7_000),
            ("1.2500000", Locale::ALL, 1_250),
            ("+3", Locale::ALL, 3_000),
            ("-3", Locale::ALL, -3_000),
            ("−3", Locale::ALL, -3_000),
            ("－ ３", Locale::ALL, -3_000),
            ("-0", Locale::ALL, 0),
            ("12 345", Locale::ALL, 12_345_000),
            ("12\u{a0}345", Locale::ALL, 12_345_000),
            ("12\u{202f}345", Locale::ALL, 12_345_000),
            ("12'345", Locale::ALL, 12_345_000),
            ("12’345.60", Locale::ALL, 12_345_600),
            ("12 345,6", Locale::ALL, 12_345_600),
            ("12.345,6", &[DeDe, EsEs, ItIt], 12_345_600),
            ("12,345.6", &[EnGb, EnUs, EsUs, JaJp], 12_345_600),
            ("1.234.567", &[DeDe, EsEs, ItIt], 1_234_567_000),
            ("1,234,567.125", &[EnGb, EnUs, EsUs, JaJp], 1_234_567_125),
            ("１２，３４５．６", &[EnGb, EnUs, EsUs, JaJp], 12_345_600),
            ("\u{3000}５００ ", Locale::ALL, 500_000),
            ("1 000 000 000", Locale::ALL, AMOUNT_MAX),
        ];
        for (text, locales, milli) in cases {
            for &locale in *locales {
                assert_eq!(parse_number(text, locale), Ok(*milli), "{text:?} in {locale}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let nowhere = [
            "",
            " ",
            "-",
            "+",
            ".",
            ",",
            "--1",
            "+-1",
            "1-",
            "5.",
            "5,",
            "NaN",
            "nan",
            "inf",
            "infinity",
            "∞",
            "1e3",
            "1E3",
            "10^12",
            "0x10",
            "½",
            "²",
            "٣",
            "1..2",
            "1,,2",
            "1. 5",
            "1 5",
            "1 23",
            "1234 567",
            "12'34",
            "1'234 567",
            "1.23.456",
            "1,23,456",
            "12,34,567",
            " 1 2 ",
            "1_000",
            "1\n5",
            "''",
            "1 234 ",
        ];
        for text in nowhere {
            let trims = text.trim() != text && !text.trim().is_empty();
            for &locale in Locale::ALL {
                let parsed = parse_number(text, locale);
                if text == "1 234 " {
                    assert!(trims && parsed == Ok(1_234_000), "{text:?} in {locale}");
                } else {
                    assert_eq!(parsed, Err(AmountError::NotANumber), "{text:?} in {locale}");
                }
            }
        }
        let somewhere = [
            ("12,345.6", Locale::DeDe),
            ("1,234,567", Locale::DeDe),
            ("12.345,6", Locale::EnGb),
            ("1.234.567", Locale::EnGb),
            // A point parts nothing in France; before three digits it could mean either.
            ("39.264", Locale::FrFr),
            ("1.234.567", Locale::FrFr),
            ("1.234,567.8", Locale::DeDe),
        ];
        for (text, locale) in somewhere {
            assert_eq!(parse_number(text, locale), Err(AmountError::NotANumber), "{text:?} in {locale}");
        }
    }

    #[test]
    fn limits_are_named() {
        for &locale in Locale::ALL {
            for text in ["1000000000000", "1 000 000 001", "-99999999999999999999999999", "1000000000,01"] {
                assert_eq!(parse_number(text, locale), Err(AmountError::TooLarge), "{text:?} in {locale}");
            }
            for text in ["0.0001", "1,2345", "0,00000000000000000000000001"] {
                assert_eq!(parse_number(text, locale), Err(AmountError::TooPrecise), "{text:?} in {locale}");
            }
        }
    }

    #[test]
    fn money_needs_a_currency() {
        assert_eq!(money(8_500, "CHF", Locale::EnGb), "CHF\u{a0}8.50");
        assert_eq!(money(8_500, "CHF", Locale::DeDe), "8,50\u{a0}CHF");
        assert_eq!(money(-8_505, "USD", Locale::EnUs), "−$8.50", "ties go to the even cent");
        for hostile in ["", "usd", "{n}", "<b>", "EURO", "₿"] {
            assert_eq!(money(8_500, hostile, Locale::EnGb), "8.50", "{hostile}");
        }
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(milli in -AMOUNT_MAX..=AMOUNT_MAX, small in -3_000_000i64..3_000_000) {
            for &locale in Locale::ALL {
                for milli in [milli, small] {
                    let text = format_number(milli, locale);
                    prop_assert_eq!(parse_number(&text, locale), Ok(milli), "{} in {}", text, locale);
                }
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}", near in "[-+−0-9０-９.,' \u{a0}eE]{0,24}", milli: i64) {
            for &locale in Locale::ALL {
                for text in [&text, &near] {
                    if let Ok(milli) = parse_number(text, locale) {
                        prop_assert!(milli.abs() <= AMOUNT_MAX);
                        prop_assert!(text.chars().any(|c| plain(c).is_ascii_digit()));
                    }
                }
                prop_assert!(!format_number(milli, locale).is_empty());
                prop_assert!(!money(milli, &text, locale).is_empty());
            }
        }
    }
}
