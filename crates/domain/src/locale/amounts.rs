//! Amounts as people read them (`ui.md` section 12): the locale's units, three significant figures at most, and
//! never a rounding that tells a lie: what is not empty is not shown as 0, what is not full is not shown as full,
//! and a step to a larger unit is not anticipated (999.6 ml is 999 ml).
//!
//! Durations run: seconds and minutes are whole below two hours (`1 h 13 min`), hours from there to 999 with one
//! decimal below ten, and whole days of running (24 h) from 1000 h on.

use super::Locale;
use super::data::{System, fill, habits, label, offered};
use super::numbers::{MINUS, NO_BREAK, Zeros, div_nearest, format_number, write_number};
use crate::measure::{Amount, Measurement, Unit};

/// An amount as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Number and unit: `680 ml`.
    pub text: String,
    /// There is less than `text` says, but not nothing: the catalogue's "under {amount}" belongs around it.
    pub under: bool,
}

/// Which way the digits that are not shown go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounding {
    /// Nearest, ties to even.
    Nearest,
    /// Towards zero.
    Down,
}

/// An amount in the locale's units. Counts are a bare number: their noun comes from the slot.
pub fn format_amount(amount: Amount, locale: Locale) -> Shown {
    show(amount, locale, Rounding::Nearest)
}

/// What is left of `full`: as [`format_amount`], but as long as there is less than `full` it is not shown with
/// the same text. Amounts of different kinds are shown without looking at `full`.
pub fn format_left(left: Amount, full: Amount, locale: Locale) -> Shown {
    let shown = format_amount(left, locale);
    if is_less(left, full) && shown.text == format_amount(full, locale).text {
        show(left, locale, Rounding::Down)
    } else {
        shown
    }
}

fn is_less(a: Amount, b: Amount) -> bool {
    a.unit.measurement() == b.unit.measurement()
        && i128::from(a.milli) * a.unit.factor() < i128::from(b.milli) * b.unit.factor()
}

/// An amount as it was recorded: its own unit and every decimal, for the ledger's detail and for forms.
pub fn format_exact(amount: Amount, locale: Locale) -> String {
    let number = format_number(amount.milli, locale);
    with_unit(&number, amount.unit, locale)
}

/// What forms offer for a kind of measurement, in order; the first is the preselected one.
pub fn units_for(kind: Measurement, locale: Locale) -> &'static [Unit] {
    offered(habits(locale).system, kind)
}

/// The unit's symbol or word: `fl oz`, `Stück`, `時間`. Names that two countries share say whose they are, except
/// the United States' own there.
pub fn unit_label(unit: Unit, locale: Locale) -> &'static str {
    label(unit, locale)
}

fn with_unit(number: &str, unit: Unit, locale: Locale) -> String {
    let label = match unit {
        Unit::Count => return number.to_owned(),
        Unit::Percent => return fill(&habits(locale).percent, &[("n", number)]),
        Unit::Day if number == "1" => &habits(locale).day_one,
        _ => label(unit, locale),
    };
    // Japanese words follow their number without a space; symbols keep it.
    if label.starts_with(|c: char| c >= '\u{3000}') {
        format!("{number}{label}")
    } else {
        format!("{number}{NO_BREAK}{label}")
    }
}

/// How much of what a unit is shown with.
struct Scale {
    unit: Unit,
    /// Decimals where fewer are not enough for three figures.
    decimals: u32,
    /// The next unit begins here: no rounding reaches it.
    below: Option<u128>,
}

/// |amount| in some unit, as a fraction.
#[derive(Clone, Copy)]
struct Ratio {
    n: u128,
    d: u128,
}

impl Ratio {
    fn of(amount: Amount, unit: Unit) -> Ratio {
        let n = u128::from(amount.milli.unsigned_abs()) * amount.unit.factor().unsigned_abs();
        Ratio { n, d: unit.factor().unsigned_abs() * 1000 }
    }

    /// The value times 10^decimals as a whole number, with no more than three significant figures where
    /// `figures` asks for it.
    fn rounded(self, decimals: u32, figures: bool, rounding: Rounding) -> u128 {
        let whole = self.n / self.d;
        let decimals_shown = match whole {
            0..10 => decimals,
            10..100 => decimals.min(1),
            _ => 0,
        };
        let step = if figures && whole >= 1000 { 10u128.pow(whole.ilog10() - 2) } else { 1 };
        // Decimals are shown below 100 only, so this stays far from the end of u128.
        let n = self.n * 10u128.pow(decimals_shown);
        let steps = match rounding {
            Rounding::Nearest => div_nearest(n, self.d * step),
            Rounding::Down => n / (self.d * step),
        };
        steps * step * 10u128.pow(decimals - decimals_shown)
    }
}

fn show(amount: Amount, locale: Locale, rounding: Rounding) -> Shown {
    let kind = amount.unit.measurement();
    let metric = habits(locale).system == System::Metric;
    let at_least = |limit: i64, unit: Unit| !is_less(absolute(amount), Amount::whole(limit, unit));
    let scale = |unit, decimals, below| Scale { unit, decimals, below };
    let scale = match kind {
        Measurement::Count => scale(Unit::Count, 0, None),
        Measurement::Percentage if at_least(100, Unit::Percent) => scale(Unit::Percent, 0, None),
        Measurement::Percentage => scale(Unit::Percent, 0, Some(100)),
        Measurement::Volume if !metric => scale(Unit::UsFluidOunce, 2, None),
        Measurement::Volume if at_least(1, Unit::Liter) => scale(Unit::Liter, 2, None),
        Measurement::Volume => scale(Unit::Milliliter, 2, Some(1000)),
        Measurement::Weight if metric && at_least(1, Unit::Kilogram) => scale(Unit::Kilogram, 2, None),
        Measurement::Weight if metric => scale(Unit::Gram, 2, Some(1000)),
        Measurement::Weight if at_least(1, Unit::Pound) => scale(Unit::Pound, 2, None),
        Measurement::Weight => scale(Unit::Ounce, 2, Some(16)),
        Measurement::Duration if at_least(1000, Unit::Hour) => scale(Unit::Day, 0, None),
        Measurement::Duration if at_least(10, Unit::Hour) => scale(Unit::Hour, 0, Some(1000)),
        Measurement::Duration if at_least(2, Unit::Hour) => scale(Unit::Hour, 1, None),
        Measurement::Duration if at_least(1, Unit::Hour) => scale(Unit::Minute, 0, Some(120)),
        Measurement::Duration if at_least(1, Unit::Minute) => scale(Unit::Minute, 0, Some(60)),
        Measurement::Duration => scale(Unit::Second, 0, Some(60)),
    };
    let ratio = Ratio::of(amount, scale.unit);
    let one = 10u128.pow(scale.decimals);
    // Counts and percentages are whole however large they are.
    let figures = !matches!(kind, Measurement::Count | Measurement::Percentage);
    let mut scaled = ratio.rounded(scale.decimals, figures, rounding);
    if scale.below.is_some_and(|limit| scaled >= limit * one) {
        scaled = ratio.rounded(scale.decimals, figures, Rounding::Down);
    }
    let negative = amount.milli < 0;
    let under = amount.milli > 0 && ratio.rounded(scale.decimals, figures, Rounding::Down) == 0;
    if under {
        scaled = 1;
    }
    let text = if scale.unit == Unit::Minute && scaled >= 60 {
        hours_and_minutes(negative, scaled, locale)
    } else {
        let number = write_number(negative, scaled, scale.decimals, Zeros::Trimmed, locale);
        with_unit(&number, scale.unit, locale)
    };
    Shown { text, under }
}

fn hours_and_minutes(negative: bool, minutes: u128, locale: Locale) -> String {
    let sign = if negative { MINUS.to_string() } else { String::new() };
    let hours = with_unit(&format!("{sign}{}", minutes / 60), Unit::Hour, locale);
    if minutes.is_multiple_of(60) {
        return hours;
    }
    let rest = with_unit(&(minutes % 60).to_string(), Unit::Minute, locale);
    if rest.contains(NO_BREAK) { format!("{hours}{NO_BREAK}{rest}") } else { hours + &rest }
}

fn absolute(amount: Amount) -> Amount {
    Amount { milli: amount.milli.saturating_abs(), ..amount }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(milli: i64, unit: Unit, locale: Locale) -> String {
        let shown = format_amount(Amount::new(milli, unit), locale);
        let text = shown.text.replace(NO_BREAK, " ");
        if shown.under { format!("under {text}") } else { text }
    }

    #[test]
    fn three_figures_in_the_units_of_the_place() {
        let cases = [
            (680, Unit::Liter, "680 ml", "23 fl oz"),
            (2_180, Unit::Liter, "2.18 l", "73.7 fl oz"),
            (12_345_678, Unit::Liter, "12,300 l", "417,000 fl oz"),
            (999_600, Unit::Milliliter, "999 ml", "33.8 fl oz"),
            (85_250, Unit::Milliliter, "85.2 ml", "2.88 fl oz"),
            (9_996, Unit::Milliliter, "10 ml", "0.34 fl oz"),
            (4, Unit::Milliliter, "under 0.01 ml", "under 0.01 fl oz"),
            (-60_000, Unit::Milliliter, "−60 ml", "−2.03 fl oz"),
            (750_000, Unit::Gram, "750 g", "1.65 lb"),
            (15_999, Unit::Ounce, "454 g", "15.9 oz"),
            (16_000, Unit::Ounce, "454 g", "1 lb"),
            (1_500, Unit::Kilogram, "1.5 kg", "3.31 lb"),
            (12_345_000, Unit::Count, "12,345", "12,345"),
            (49_600, Unit::Count, "50", "50"),
            (400, Unit::Count, "under 1", "under 1"),
            (0, Unit::Count, "0", "0"),
            (0, Unit::Liter, "0 ml", "0 fl oz"),
        ];
        for (milli, unit, metric, us) in cases {
            assert_eq!(shown(milli, unit, Locale::EnGb), metric);
            assert_eq!(shown(milli, unit, Locale::EnUs), us);
        }
    }

    #[test]
    fn a_share_is_never_rounded_to_full_or_empty() {
        let cases = [
            (0, "0%"),
            (1, "under 1%"),
            (999, "under 1%"),
            (1_000, "1%"),
            (1_500, "2%"),
            (44_500, "44%"),
            (99_499, "99%"),
            (99_999, "99%"),
            (100_000, "100%"),
            (-400, "0%"),
            (-600, "−1%"),
        ];
        for (milli, text) in cases {
            assert_eq!(shown(milli, Unit::Percent, Locale::EnGb), text);
        }
    }

    #[test]
    fn life_is_told_in_minutes_hours_and_days() {
        let cases = [
            (400, Unit::Second, "under 1 s", "under 1秒"),
            (59_900, Unit::Second, "59 s", "59秒"),
            (59_900, Unit::Minute, "59 min", "59分"),
            (60_000, Unit::Minute, "1 h", "1時間"),
            (73_000, Unit::Minute, "1 h 13 min", "1時間13分"),
            (-73_000, Unit::Minute, "−1 h 13 min", "−1時間13分"),
            (119_900, Unit::Minute, "1 h 59 min", "1時間59分"),
            (2_000, Unit::Hour, "2 h", "2時間"),
            (2_260, Unit::Hour, "2.3 h", "2.3時間"),
            (12_400, Unit::Hour, "12 h", "12時間"),
            (214_000, Unit::Hour, "214 h", "214時間"),
            (999_900, Unit::Hour, "999 h", "999時間"),
            (1_000_000, Unit::Hour, "42 days", "42日"),
            (4_380_000, Unit::Hour, "182 days", "182日"),
        ];
        for (milli, unit, english, japanese) in cases {
            assert_eq!(shown(milli, unit, Locale::EnGb), english);
            assert_eq!(shown(milli, unit, Locale::JaJp), japanese);
        }
    }

    #[test]
    fn less_than_full_never_looks_full() {
        let text =
            |left: Amount, full: Amount| format_left(left, full, Locale::EnGb).text.replace(NO_BREAK, " ");
        let bottle = Amount::new(1_500, Unit::Liter);
        assert_eq!(text(Amount::new(1_498, Unit::Liter), bottle), "1.49 l");
        assert_eq!(text(Amount::new(1_499_999, Unit::Milliliter), bottle), "1.49 l");
        assert_eq!(text(bottle, bottle), "1.5 l");
        assert_eq!(text(Amount::new(49_600, Unit::Count), Amount::whole(50, Unit::Count)), "49");
        assert_eq!(text(Amount::new(149_700, Unit::Hour), Amount::whole(150, Unit::Hour)), "149 h");
        assert_eq!(text(Amount::whole(2, Unit::Liter), Amount::whole(50, Unit::Count)), "2 l");
    }

    #[test]
    fn what_was_recorded_stays_exact() {
        let exact =
            |milli, unit, locale| format_exact(Amount::new(milli, unit), locale).replace(NO_BREAK, " ");
        assert_eq!(exact(1_234_567, Unit::Milliliter, Locale::DeDe), "1.234,567 ml");
        assert_eq!(exact(1_000, Unit::Day, Locale::DeDe), "1 Tag");
        assert_eq!(exact(1_500, Unit::Day, Locale::FrFr), "1,5 jours");
        assert_eq!(exact(12_000, Unit::UsFluidOunce, Locale::EnGb), "12 US fl oz");
        assert_eq!(exact(12_000, Unit::UsFluidOunce, Locale::EnUs), "12 fl oz");
        assert_eq!(exact(45_500, Unit::Percent, Locale::FrFr), "45,5 %");
    }

    proptest! {
        #[test]
        fn any_amount_can_be_shown(milli: i64, full: i64, a in 0usize..44, b in 0usize..44) {
            let amount = Amount::new(milli, Unit::ALL[a]);
            for &locale in Locale::ALL {
                let shown = format_amount(amount, locale);
                prop_assert!(!shown.text.contains(' '), "{:?} breaks", shown.text);
                prop_assert!(!shown.under || milli > 0);
                prop_assert!(!format_left(amount, Amount::new(full, Unit::ALL[b]), locale).text.is_empty());
                prop_assert!(!format_exact(amount, locale).is_empty());
            }
        }

        #[test]
        fn something_is_never_nothing(milli in 1..10_000_000i64, a in 0usize..44) {
            for &locale in Locale::ALL {
                let something = format_amount(Amount::new(milli, Unit::ALL[a]), locale);
                prop_assert!(something.text.contains(|c: char| ('1'..='9').contains(&c)), "{}", something.text);
            }
        }
    }
}
