//! Every factor against the decimal number it is defined as, and where that number comes from. The table is written
//! as people write it, independent of the scaled whole numbers it checks.

use super::*;

/// Metric by decree: litre, millilitre and cubic measures of the metre, kilogram and its parts, minutes and hours.
const SI: &str = "SI";
/// One inch is 2.54 cm (international yard and pound agreement of 1959), to the power of three.
const INCH: &str = "2.54 cm cubed";
/// US liquid measure: the gallon is 231 cubic inches (NIST Handbook 44, appendix C).
const US_LIQUID: &str = "231 in3 a gallon";
/// US dry measure: the bushel is 2150.42 cubic inches, eight dry gallons (NIST Handbook 44, appendix C).
const US_DRY: &str = "2150.42 in3 a bushel";
/// Imperial measure: the gallon is 4.54609 l (Weights and Measures Act 1985, schedule 1).
const IMPERIAL: &str = "4.54609 l a gallon";
/// Avoirdupois: the pound is 0.45359237 kg (agreement of 1959; Weights and Measures Act 1985).
const POUND: &str = "0.45359237 kg a pound";
/// Rounded measures of kitchens and markets, metric by custom: cup, teaspoon, Australian tablespoon, pound of 500 g.
const KITCHEN: &str = "custom";
/// Counted things are their own base.
const SELF: &str = "itself";

/// Unit, how many base units (ml, g, s, piece, percent) it is, source.
const TABLE: &[(Unit, &str, &str)] = &[
    (Unit::Count, "1", SELF),
    (Unit::Percent, "1", SELF),
    (Unit::Liter, "1000", SI),
    (Unit::Milliliter, "1", SI),
    (Unit::CubicCentimeter, "1", SI),
    (Unit::CubicMeter, "1000000", SI),
    (Unit::MetricCup, "250", KITCHEN),
    (Unit::MetricTeaspoon, "5", KITCHEN),
    (Unit::AuTablespoon, "20", KITCHEN),
    (Unit::UkTablespoon, "17.7581640625", IMPERIAL),
    (Unit::UkFluidOunce, "28.4130625", IMPERIAL),
    (Unit::UkFluidDram, "3.5516328125", IMPERIAL),
    (Unit::UkGill, "142.0653125", IMPERIAL),
    (Unit::UkCup, "284.130625", IMPERIAL),
    (Unit::UkPint, "568.26125", IMPERIAL),
    (Unit::UkQuart, "1136.5225", IMPERIAL),
    (Unit::UkGallon, "4546.09", IMPERIAL),
    (Unit::UsFluidOunce, "29.5735295625", US_LIQUID),
    (Unit::UsFluidCup, "236.5882365", US_LIQUID),
    (Unit::UsFluidPint, "473.176473", US_LIQUID),
    (Unit::UsFluidQuart, "946.352946", US_LIQUID),
    (Unit::UsFluidGallon, "3785.411784", US_LIQUID),
    (Unit::UsGill, "118.29411825", US_LIQUID),
    (Unit::UsTablespoon, "14.78676478125", US_LIQUID),
    (Unit::UsTeaspoon, "4.92892159375", US_LIQUID),
    (Unit::UsDram, "3.6966911953125", US_LIQUID),
    (Unit::UsDryPint, "550.6104713575", US_DRY),
    (Unit::UsDryQuart, "1101.220942715", US_DRY),
    (Unit::UsDryGallon, "4404.88377086", US_DRY),
    (Unit::CubicInch, "16.387064", INCH),
    (Unit::CubicFoot, "28316.846592", INCH),
    (Unit::CubicYard, "764554.857984", INCH),
    (Unit::Kilogram, "1000", SI),
    (Unit::Gram, "1", SI),
    (Unit::Milligram, "0.001", SI),
    (Unit::Microgram, "0.000001", SI),
    (Unit::MetricPound, "500", KITCHEN),
    (Unit::Pound, "453.59237", POUND),
    (Unit::Ounce, "28.349523125", POUND),
    (Unit::Dram, "1.7718451953125", POUND),
    (Unit::Second, "1", SI),
    (Unit::Minute, "60", SI),
    (Unit::Hour, "3600", SI),
    (Unit::Day, "86400", SI),
];

/// A decimal number in 10⁻¹³.
fn scaled(decimal: &str) -> i128 {
    let (whole, rest) = decimal.split_once('.').unwrap_or((decimal, ""));
    assert!(rest.len() <= 13, "{decimal} has more decimals than a factor keeps");
    format!("{whole}{rest:0<13}").parse().unwrap()
}

#[test]
fn every_unit_is_what_its_definition_says() {
    assert_eq!(TABLE.iter().map(|row| row.0).collect::<Vec<_>>(), Unit::ALL, "all units, in their order");
    for (unit, factor, source) in TABLE {
        assert_eq!(unit.factor(), scaled(factor), "{unit:?} ({source})");
    }
}

#[test]
fn the_derived_units_follow_from_their_definitions() {
    // How many of the second make the first: exact, so each table of a system stands on one number.
    let cases: &[(Unit, i128, Unit)] = &[
        (Unit::UkGallon, 4, Unit::UkQuart),
        (Unit::UkQuart, 2, Unit::UkPint),
        (Unit::UkPint, 2, Unit::UkCup),
        (Unit::UkPint, 4, Unit::UkGill),
        (Unit::UkPint, 20, Unit::UkFluidOunce),
        (Unit::UkFluidOunce, 8, Unit::UkFluidDram),
        (Unit::UkGill, 8, Unit::UkTablespoon),
        (Unit::UsFluidGallon, 231, Unit::CubicInch),
        (Unit::UsFluidGallon, 4, Unit::UsFluidQuart),
        (Unit::UsFluidQuart, 2, Unit::UsFluidPint),
        (Unit::UsFluidPint, 2, Unit::UsFluidCup),
        (Unit::UsFluidPint, 4, Unit::UsGill),
        (Unit::UsFluidCup, 8, Unit::UsFluidOunce),
        (Unit::UsFluidOunce, 2, Unit::UsTablespoon),
        (Unit::UsTablespoon, 3, Unit::UsTeaspoon),
        (Unit::UsFluidOunce, 8, Unit::UsDram),
        (Unit::UsDryGallon, 4, Unit::UsDryQuart),
        (Unit::UsDryQuart, 2, Unit::UsDryPint),
        (Unit::CubicFoot, 1728, Unit::CubicInch),
        (Unit::CubicYard, 27, Unit::CubicFoot),
        (Unit::Pound, 16, Unit::Ounce),
        (Unit::Ounce, 16, Unit::Dram),
        (Unit::Kilogram, 2, Unit::MetricPound),
        (Unit::Day, 24, Unit::Hour),
        (Unit::Hour, 60, Unit::Minute),
        (Unit::Minute, 60, Unit::Second),
    ];
    for (large, count, small) in cases {
        assert_eq!(large.factor(), count * small.factor(), "{count} {small:?} in a {large:?}");
    }
    assert_eq!(8 * Unit::UsDryGallon.factor() * 100, 215_042 * Unit::CubicInch.factor(), "a bushel");
    assert_eq!(Unit::CubicInch.factor(), 254 * 254 * 254 * 10_000_000, "2.54 cm cubed");
}
