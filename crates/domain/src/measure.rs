//! Amounts: exact thousandths of the unit they came in, converted only within one kind of measurement and only
//! through exact decimal factors. No binary floating point touches an amount that is recorded.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of quantity a slot is measured in (Alexa's `@type` of an inventory level; `Duration` belongs to
/// level-usage sensors). Amounts of different kinds never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Measurement {
    /// Whole things: pods, sheets, cartridges, batteries.
    Count,
    /// 0 to 100 percent of a full container.
    Percentage,
    /// Liquids.
    Volume,
    /// Weight.
    Weight,
    /// Hours of life: filters, brushes.
    Duration,
}

/// Scale of [`Unit::factor`]: factors are stated in 10⁻¹³ of the kind's base unit, so that every customary unit
/// is a whole number (the avoirdupois dram has 13 decimals).
const FACTOR_SCALE: i128 = 10_000_000_000_000;

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident $wire:literal $kind:ident $factor:literal;)*) => {
        /// A unit of measurement. Names and factors: `protocols.md` section 8.4 (volume in millilitres, weight
        /// in grams), plus hours and their kin for durations, in seconds. Where each factor comes from stands in
        /// the table of its tests, `measure/factors.rs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Unit { $($(#[$doc])* #[serde(rename = $wire)] $name,)* }

        impl Unit {
            /// Every unit, in the order of the table.
            pub const ALL: &'static [Unit] = &[$(Unit::$name,)*];

            /// The kind of quantity this unit measures.
            pub fn measurement(self) -> Measurement {
                match self { $(Unit::$name => Measurement::$kind,)* }
            }

            /// The unit's name on the wire, as Alexa spells it.
            pub fn wire(self) -> &'static str {
                match self { $(Unit::$name => $wire,)* }
            }

            /// One of this unit in 10⁻¹³ of its kind's base unit (ml, g, s, piece, percent).
            pub(crate) fn factor(self) -> i128 {
                match self { $(Unit::$name => $factor,)* }
            }
        }
    };
}

units! {
    /// Pieces.
    Count "COUNT" Count 10_000_000_000_000;
    /// Percent of full.
    Percent "PERCENT" Percentage 10_000_000_000_000;
    /// 1000 ml.
    Liter "LITER" Volume 10_000_000_000_000_000;
    /// The base of volumes.
    Milliliter "MILLILITER" Volume 10_000_000_000_000;
    /// 1 ml.
    CubicCentimeter "CUBIC_CENTIMETER" Volume 10_000_000_000_000;
    /// 1 000 000 ml.
    CubicMeter "CUBIC_METER" Volume 10_000_000_000_000_000_000;
    /// 250 ml.
    MetricCup "METRIC_CUP" Volume 2_500_000_000_000_000;
    /// 5 ml.
    MetricTeaspoon "METRIC_TEASPOON" Volume 50_000_000_000_000;
    /// 20 ml.
    AuTablespoon "AU_TABLESPOON" Volume 200_000_000_000_000;
    /// Imperial tablespoon.
    UkTablespoon "UK_TABLESPOON" Volume 177_581_640_625_000;
    /// Imperial fluid ounce.
    UkFluidOunce "UK_FLUID_OUNCE" Volume 284_130_625_000_000;
    /// Imperial fluid dram.
    UkFluidDram "UK_FLUID_DRAM" Volume 35_516_328_125_000;
    /// Imperial gill.
    UkGill "UK_GILL" Volume 1_420_653_125_000_000;
    /// Imperial cup.
    UkCup "UK_CUP" Volume 2_841_306_250_000_000;
    /// Imperial pint.
    UkPint "UK_PINT" Volume 5_682_612_500_000_000;
    /// Imperial quart.
    UkQuart "UK_QUART" Volume 11_365_225_000_000_000;
    /// Imperial gallon.
    UkGallon "UK_GALLON" Volume 45_460_900_000_000_000;
    /// US fluid ounce.
    UsFluidOunce "US_FLUID_OUNCE" Volume 295_735_295_625_000;
    /// US cup.
    UsFluidCup "US_FLUID_CUP" Volume 2_365_882_365_000_000;
    /// US pint.
    UsFluidPint "US_FLUID_PINT" Volume 4_731_764_730_000_000;
    /// US quart.
    UsFluidQuart "US_FLUID_QUART" Volume 9_463_529_460_000_000;
    /// US gallon.
    UsFluidGallon "US_FLUID_GALLON" Volume 37_854_117_840_000_000;
    /// US gill.
    UsGill "US_GILL" Volume 1_182_941_182_500_000;
    /// US tablespoon.
    UsTablespoon "US_TABLESPOON" Volume 147_867_647_812_500;
    /// US teaspoon.
    UsTeaspoon "US_TEASPOON" Volume 49_289_215_937_500;
    /// US fluid dram.
    UsDram "US_DRAM" Volume 36_966_911_953_125;
    /// US dry pint.
    UsDryPint "US_DRY_PINT" Volume 5_506_104_713_575_000;
    /// US dry quart.
    UsDryQuart "US_DRY_QUART" Volume 11_012_209_427_150_000;
    /// US dry gallon.
    UsDryGallon "US_DRY_GALLON" Volume 44_048_837_708_600_000;
    /// Cubic inch.
    CubicInch "CUBIC_INCH" Volume 163_870_640_000_000;
    /// Cubic foot.
    CubicFoot "CUBIC_FOOT" Volume 283_168_465_920_000_000;
    /// Cubic yard.
    CubicYard "CUBIC_YARD" Volume 7_645_548_579_840_000_000;
    /// 1000 g.
    Kilogram "KILOGRAM" Weight 10_000_000_000_000_000;
    /// The base of weights.
    Gram "GRAM" Weight 10_000_000_000_000;
    /// A thousandth of a gram.
    Milligram "MILLIGRAM" Weight 10_000_000_000;
    /// A millionth of a gram.
    Microgram "MICROGRAM" Weight 10_000_000;
    /// 500 g.
    MetricPound "METRIC_POUND" Weight 5_000_000_000_000_000;
    /// Avoirdupois pound.
    Pound "POUND" Weight 4_535_923_700_000_000;
    /// Avoirdupois ounce.
    Ounce "OUNCE" Weight 283_495_231_250_000;
    /// Avoirdupois dram.
    Dram "DRAM" Weight 17_718_451_953_125;
    /// The base of durations.
    Second "SECOND" Duration 10_000_000_000_000;
    /// 60 s.
    Minute "MINUTE" Duration 600_000_000_000_000;
    /// 3600 s.
    Hour "HOUR" Duration 36_000_000_000_000_000;
    /// 24 h of running.
    Day "DAY" Duration 864_000_000_000_000_000;
}

/// Thousandths of some unit; which unit, the place says.
pub type Milli = i64;

/// The largest amount anyone may record: a billion of any unit. Larger numbers are slips of the keyboard.
pub const AMOUNT_MAX: Milli = 1_000_000_000 * 1000;

/// A quantity: whole thousandths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Amount {
    /// Thousandths of `unit`.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub milli: Milli,
    /// The unit it came in.
    pub unit: Unit,
}

/// Why an amount can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Zero or below where something above zero is wanted.
    #[error("the amount must be above 0")]
    NotPositive,
    /// Below zero.
    #[error("the amount must not be below 0")]
    Negative,
    /// Above [`AMOUNT_MAX`].
    #[error("the amount is larger than a billion")]
    TooLarge,
    /// Another kind of quantity than the slot's.
    #[error("a {got:?} can't be counted as {wanted:?}")]
    OtherKind {
        /// What the slot is measured in.
        wanted: Measurement,
        /// What came.
        got: Measurement,
    },
    /// Not a number as written in the person's locale.
    #[error("this is not a number")]
    NotANumber,
    /// More decimals than can be kept exactly (three).
    #[error("at most three decimals can be kept")]
    TooPrecise,
}

impl Amount {
    /// `milli` thousandths of `unit`.
    pub const fn new(milli: Milli, unit: Unit) -> Self {
        Self { milli, unit }
    }

    /// A whole number of `unit`.
    pub const fn whole(number: i64, unit: Unit) -> Self {
        Self { milli: number * 1000, unit }
    }

    /// The same quantity in `unit`, rounded half to even at the third decimal.
    ///
    /// # Errors
    /// `OtherKind` between kinds of measurement, `TooLarge` if the number does not fit.
    pub fn to(self, unit: Unit) -> Result<Amount, AmountError> {
        let (wanted, got) = (unit.measurement(), self.unit.measurement());
        if wanted != got {
            return Err(AmountError::OtherKind { wanted, got });
        }
        if unit == self.unit {
            return Ok(self);
        }
        let scaled = i128::from(self.milli) * self.unit.factor();
        let milli = div_half_even(scaled, unit.factor());
        Milli::try_from(milli).map(|milli| Amount { milli, unit }).map_err(|_| AmountError::TooLarge)
    }

    /// The amount itself if it is above zero and not absurd.
    ///
    /// # Errors
    /// `NotPositive`, `TooLarge`.
    pub fn positive(self) -> Result<Amount, AmountError> {
        if self.milli <= 0 { Err(AmountError::NotPositive) } else { self.not_negative() }
    }

    /// The amount itself if it is zero or above and not absurd.
    ///
    /// # Errors
    /// `Negative`, `TooLarge`.
    pub fn not_negative(self) -> Result<Amount, AmountError> {
        if self.milli < 0 {
            Err(AmountError::Negative)
        } else if self.milli > AMOUNT_MAX {
            Err(AmountError::TooLarge)
        } else {
            Ok(self)
        }
    }
}

/// Plain digits and the wire name of the unit, for logs and errors; people see the locale's form.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.milli < 0 { "-" } else { "" };
        let (whole, rest) = (self.milli.unsigned_abs() / 1000, self.milli.unsigned_abs() % 1000);
        if rest == 0 {
            write!(f, "{sign}{whole} {}", self.unit.wire())
        } else {
            let decimals = format!("{rest:03}");
            write!(f, "{sign}{whole}.{} {}", decimals.trim_end_matches('0'), self.unit.wire())
        }
    }
}

/// `a / b` rounded to the nearest whole number, ties to even. `b` is above zero.
pub(crate) fn div_half_even(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    match (rest * 2).cmp(&b) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + (quotient & 1),
    }
}

const _: () = assert!(FACTOR_SCALE == 10_000_000_000_000, "the table of units is written in this scale");

#[cfg(test)]
mod factors;
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn customary_conversions_are_exact() {
        let cases = [
            (Amount::whole(1, Unit::UsFluidGallon), Unit::Milliliter, 3_785_412),
            (Amount::whole(1, Unit::Liter), Unit::UsFluidOunce, 33_814),
            (Amount::new(2_180, Unit::Liter), Unit::UsFluidOunce, 73_715),
            (Amount::whole(1, Unit::Pound), Unit::Gram, 453_592),
            (Amount::whole(16, Unit::Ounce), Unit::Pound, 1_000),
            (Amount::whole(8, Unit::UsFluidOunce), Unit::UsFluidCup, 1_000),
            (Amount::whole(150, Unit::Hour), Unit::Minute, 9_000_000),
            (Amount::whole(90, Unit::Minute), Unit::Hour, 1_500),
        ];
        for (from, unit, milli) in cases {
            assert_eq!(from.to(unit), Ok(Amount::new(milli, unit)), "{from} in {unit:?}");
        }
    }

    #[test]
    fn kinds_never_mix() {
        for &from in Unit::ALL {
            for &to in Unit::ALL {
                let ok = Amount::whole(1, from).to(to).is_ok();
                assert_eq!(ok, from.measurement() == to.measurement(), "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn limits_are_named() {
        assert_eq!(Amount::whole(0, Unit::Count).positive(), Err(AmountError::NotPositive));
        assert_eq!(Amount::whole(-1, Unit::Count).not_negative(), Err(AmountError::Negative));
        assert_eq!(Amount::new(AMOUNT_MAX + 1, Unit::Count).positive(), Err(AmountError::TooLarge));
        assert_eq!(Amount::new(AMOUNT_MAX, Unit::Count).positive().map(|a| a.milli), Ok(AMOUNT_MAX));
    }

    #[test]
    fn plain_form_has_no_trailing_zeros() {
        assert_eq!(Amount::new(1_500, Unit::Liter).to_string(), "1.5 LITER");
        assert_eq!(Amount::new(-70_000, Unit::Milliliter).to_string(), "-70 MILLILITER");
    }

    proptest! {
        #[test]
        fn a_conversion_is_the_nearest_thousandth_and_never_panics(milli: i64, a in 0usize..44, b in 0usize..44) {
            let (from, to) = (Unit::ALL[a], Unit::ALL[b]);
            match Amount::new(milli, from).to(to) {
                Ok(there) => {
                    let exact = i128::from(milli) * from.factor();
                    let off = (i128::from(there.milli) * to.factor() - exact).abs();
                    prop_assert!(2 * off <= to.factor(), "{milli} {from:?} is {there}");
                    prop_assert!(2 * off < to.factor() || there.milli % 2 == 0, "ties go to even");
                    if exact % to.factor() == 0 {
                        prop_assert_eq!(off, 0, "what can be said exactly is");
                        prop_assert_eq!(there.to(from), Ok(Amount::new(milli, from)));
                    }
                }
                Err(AmountError::OtherKind { wanted, got }) => {
                    prop_assert!(wanted != got);
                    prop_assert_eq!((wanted, got), (to.measurement(), from.measurement()));
                }
                Err(error) => prop_assert_eq!(error, AmountError::TooLarge),
            }
        }

        #[test]
        fn there_and_back_is_off_by_less_than_one_step(milli in 0..AMOUNT_MAX, a in 0usize..44, b in 0usize..44) {
            let (from, to) = (Unit::ALL[a % Unit::ALL.len()], Unit::ALL[b % Unit::ALL.len()]);
            prop_assume!(from.measurement() == to.measurement());
            let start = Amount::new(milli, from);
            if let Ok(there) = start.to(to) {
                let back = there.to(from).unwrap().milli;
                // Half a thousandth of the other unit, seen in this one, plus our own rounding.
                let step = (to.factor() / from.factor()).max(0) / 2 + 1;
                prop_assert!(i128::from((back - milli).abs()) <= step);
            }
        }
    }
}
