//! The seven marketplaces and the units each of them counts in (`protocols.md` section 8.1): fluid ounces and ounces in
//! the United States, litres and kilograms elsewhere, pieces everywhere. Amounts come in as any spelling of their
//! kind and go out as the marketplace's own, through exact factors.

use crate::locale::Locale;
use crate::measure::{Amount, AmountError, Measurement, Unit};
use crate::spelling::{UnknownUnit, parse_unit};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A country whose shop takes orders of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Marketplace {
    /// United States.
    #[serde(rename = "US")]
    Us,
    /// United Kingdom.
    #[serde(rename = "UK")]
    Uk,
    /// Germany.
    #[serde(rename = "DE")]
    De,
    /// France.
    #[serde(rename = "FR")]
    Fr,
    /// Italy.
    #[serde(rename = "IT")]
    It,
    /// Spain.
    #[serde(rename = "ES")]
    Es,
    /// Japan.
    #[serde(rename = "JP")]
    Jp,
}

/// Why a text is none of the seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use one of us, uk, de, fr, it, es, jp")]
pub struct BadMarketplace;

impl FromStr for Marketplace {
    type Err = BadMarketplace;

    /// Reads a country's letters, in any case; `gb` is the United Kingdom too.
    fn from_str(text: &str) -> Result<Self, BadMarketplace> {
        let named = |of: &&Self| of.letters().eq_ignore_ascii_case(text);
        let found = Self::ALL.iter().find(named).copied();
        found.or_else(|| text.eq_ignore_ascii_case("gb").then_some(Self::Uk)).ok_or(BadMarketplace)
    }
}

impl Marketplace {
    /// Its two letters, in lower case.
    pub fn letters(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Uk => "uk",
            Self::De => "de",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Es => "es",
            Self::Jp => "jp",
        }
    }

    /// All of them.
    pub const ALL: &'static [Marketplace] = &[
        Marketplace::Us,
        Marketplace::Uk,
        Marketplace::De,
        Marketplace::Fr,
        Marketplace::It,
        Marketplace::Es,
        Marketplace::Jp,
    ];

    /// Where a person of this locale shops.
    pub fn of(locale: Locale) -> Self {
        match locale {
            Locale::EnUs | Locale::EsUs => Marketplace::Us,
            Locale::EnGb => Marketplace::Uk,
            Locale::DeDe => Marketplace::De,
            Locale::FrFr => Marketplace::Fr,
            Locale::ItIt => Marketplace::It,
            Locale::EsEs => Marketplace::Es,
            Locale::JaJp => Marketplace::Jp,
        }
    }

    /// The unit it counts a kind in and how it spells it; none for percentages and durations, which have no order
    /// quantity.
    pub fn unit(self, kind: Measurement) -> Option<(Unit, &'static str)> {
        match (kind, self) {
            (Measurement::Count, _) => Some((Unit::Count, "count")),
            (Measurement::Volume, Marketplace::Us) => Some((Unit::UsFluidOunce, "fl oz")),
            (Measurement::Volume, _) => Some((Unit::Liter, "l")),
            (Measurement::Weight, Marketplace::Us) => Some((Unit::Ounce, "oz")),
            (Measurement::Weight, _) => Some((Unit::Kilogram, "kg")),
            (Measurement::Percentage | Measurement::Duration, _) => None,
        }
    }

    /// The amount in the unit it counts in; kinds it has no unit for stay as they are. The amount itself is what was
    /// recorded: this one is for showing and sending.
    ///
    /// # Errors
    /// `TooLarge` if the number does not fit.
    pub fn amount(self, amount: Amount) -> Result<Amount, AmountError> {
        self.unit(amount.unit.measurement()).map_or(Ok(amount), |(unit, _)| amount.to(unit))
    }
}

/// An amount as another system tells it: understood, or kept word for word so that it can be shown. Nothing is guessed
/// and nothing is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A unit of the wanted kind.
    Amount(Amount),
    /// Text that is no unit of that kind.
    AsItCame {
        /// The number, in thousandths.
        milli: i64,
        /// What was written beside it, and what else it might have meant.
        unit: UnknownUnit,
    },
}

/// Hears `milli` thousandths of what `unit` spells, for a slot of this kind.
pub fn hear(milli: i64, unit: &str, kind: Measurement) -> Heard {
    match parse_unit(unit, kind) {
        Ok(unit) => Heard::Amount(Amount::new(milli, unit)),
        Err(unit) => Heard::AsItCame { milli, unit },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::format_amount;
    use proptest::prelude::*;

    #[test]
    fn each_marketplace_counts_in_its_own_units() {
        use Marketplace::{De, Es, Fr, It, Jp, Uk, Us};
        use Measurement::{Count, Duration, Percentage, Volume, Weight};
        for (markets, kind, wanted) in [
            (&[Us][..], Volume, Some((Unit::UsFluidOunce, "fl oz"))),
            (&[Uk, De, Fr, It, Es, Jp][..], Volume, Some((Unit::Liter, "l"))),
            (&[Us][..], Weight, Some((Unit::Ounce, "oz"))),
            (&[Uk, De, Fr, It, Es, Jp][..], Weight, Some((Unit::Kilogram, "kg"))),
            (Marketplace::ALL, Count, Some((Unit::Count, "count"))),
            (Marketplace::ALL, Percentage, None),
            (Marketplace::ALL, Duration, None),
        ] {
            for market in markets {
                assert_eq!(market.unit(kind), wanted, "{market:?}");
                if let Some((unit, spelling)) = wanted {
                    assert_eq!(parse_unit(spelling, kind), Ok(unit), "its own spelling is read back");
                }
            }
        }
        assert_eq!(
            serde_json::to_string(&Marketplace::ALL).unwrap(),
            r#"["US","UK","DE","FR","IT","ES","JP"]"#
        );
    }

    #[test]
    fn countries_are_read_by_their_letters() {
        for market in Marketplace::ALL {
            assert_eq!(market.letters().parse(), Ok(*market));
            assert_eq!(market.letters().to_uppercase().parse(), Ok(*market));
        }
        assert_eq!("gb".parse(), Ok(Marketplace::Uk));
        assert_eq!("".parse::<Marketplace>(), Err(BadMarketplace));
        assert_eq!("usa".parse::<Marketplace>(), Err(BadMarketplace));
    }

    #[test]
    fn amounts_go_out_in_the_units_of_the_place() {
        let cases = [
            (Amount::whole(1, Unit::Liter), Marketplace::Us, Amount::new(33_814, Unit::UsFluidOunce)),
            (Amount::whole(64, Unit::UsFluidOunce), Marketplace::De, Amount::new(1_893, Unit::Liter)),
            (Amount::whole(1, Unit::Pound), Marketplace::Us, Amount::whole(16, Unit::Ounce)),
            (Amount::whole(1, Unit::Pound), Marketplace::Jp, Amount::new(454, Unit::Kilogram)),
            (Amount::whole(40, Unit::Count), Marketplace::It, Amount::whole(40, Unit::Count)),
            (Amount::whole(45, Unit::Percent), Marketplace::Us, Amount::whole(45, Unit::Percent)),
            (Amount::whole(150, Unit::Hour), Marketplace::Fr, Amount::whole(150, Unit::Hour)),
        ];
        for (amount, market, wanted) in cases {
            assert_eq!(market.amount(amount), Ok(wanted), "{amount} in {market:?}");
        }
    }

    #[test]
    fn people_of_the_place_are_shown_its_system() {
        for &locale in Locale::ALL {
            let us = Marketplace::of(locale) == Marketplace::Us;
            let shown = |amount| format_amount(amount, locale).text;
            assert_eq!(shown(Amount::whole(2, Unit::Liter)).contains("oz"), us, "{locale}");
            assert_eq!(shown(Amount::whole(5, Unit::Ounce)).ends_with("oz"), us, "{locale}");
        }
    }

    #[test]
    fn what_is_not_understood_is_kept_with_its_number() {
        assert_eq!(hear(1_500, "Lt", Measurement::Volume), Heard::Amount(Amount::new(1_500, Unit::Liter)));
        assert_eq!(
            hear(8_000, "oz", Measurement::Volume),
            Heard::Amount(Amount::whole(8, Unit::UsFluidOunce))
        );
        assert_eq!(hear(8_000, "oz", Measurement::Weight), Heard::Amount(Amount::whole(8, Unit::Ounce)));
        let Heard::AsItCame { milli, unit } = hear(8_000, " Oz.", Measurement::Count) else {
            panic!("no count")
        };
        assert_eq!(
            (milli, unit.text.as_str(), unit.spells.len()),
            (8_000, " Oz.", 2),
            "ambiguous, not guessed"
        );
        let Heard::AsItCame { unit, .. } = hear(1, "TEASPOON", Measurement::Volume) else {
            panic!("no unit")
        };
        assert_eq!(unit.text, "TEASPOON", "metric, US and imperial ones differ");
    }

    proptest! {
        #[test]
        fn hearing_never_panics_and_never_loses_text(milli: i64, text in ".{0,60}", market in 0usize..7) {
            for kind in [Measurement::Count, Measurement::Volume, Measurement::Weight, Measurement::Duration] {
                match hear(milli, &text, kind) {
                    Heard::Amount(amount) => {
                        prop_assert_eq!((amount.milli, amount.unit.measurement()), (milli, kind));
                        if let Ok(out) = Marketplace::ALL[market].amount(amount) {
                            prop_assert_eq!(out.unit.measurement(), kind);
                        }
                    }
                    Heard::AsItCame { milli: kept, unit } => prop_assert_eq!((kept, unit.text), (milli, text.clone())),
                }
            }
        }
    }
}
