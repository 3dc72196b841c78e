//! Moments as text, exactly as chrono writes them, several times as fast: the state of a slot holds a dozen, and is
//! stored with every reading.

use crate::ids::EntryId;
use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};

struct Stamp<'a>(&'a DateTime<Utc>);

impl Serialize for Stamp<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (at, nanos) = (self.0, self.0.nanosecond());
        let (Ok(year @ 0..=9999), true) = (u32::try_from(at.year()), nanos.is_multiple_of(1_000_000)) else {
            return at.serialize(serializer);
        };
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let millis = nanos / 1_000_000;
        let parts = [
            (0..4, year),
            (5..7, at.month()),
            (8..10, at.day()),
            (11..13, at.hour()),
            (14..16, at.minute()),
            (17..19, at.second()),
            (20..23, millis),
        ];
        // A leap second has a thousand milliseconds and more.
        if millis > 999 {
            return at.serialize(serializer);
        }
        for (place, mut value) in parts {
            for digit in text[place].iter_mut().rev() {
                *digit += u8::try_from(value % 10).unwrap_or(0);
                value /= 10;
            }
        }
        let length = if millis == 0 {
            text[19] = b'Z';
            20
        } else {
            24
        };
        serializer.serialize_str(std::str::from_utf8(&text[..length]).map_err(serde::ser::Error::custom)?)
    }
}

/// For `serialize_with`.
pub(super) fn option<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    at.as_ref().map(Stamp).serialize(serializer)
}

/// For `serialize_with`.
pub(super) fn list<S: Serializer>(all: &[DateTime<Utc>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(Stamp))
}

/// For `serialize_with`.
pub(super) fn key<S: Serializer>(
    key: &Option<(DateTime<Utc>, EntryId)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    key.as_ref().map(|(at, id)| (Stamp(at), id)).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn as_chrono_does(at: DateTime<Utc>) {
        assert_eq!(serde_json::to_string(&Stamp(&at)).unwrap(), serde_json::to_string(&at).unwrap());
    }

    #[test]
    fn moments_no_household_has_are_written_too() {
        let leap = chrono::NaiveDate::from_ymd_opt(2016, 12, 31)
            .and_then(|day| day.and_hms_milli_opt(23, 59, 59, 1_500))
            .unwrap();
        as_chrono_does(leap.and_utc());
        as_chrono_does(DateTime::from_timestamp_nanos(1));
        as_chrono_does(DateTime::<Utc>::MIN_UTC);
        as_chrono_does(DateTime::<Utc>::MAX_UTC);
        as_chrono_does(DateTime::UNIX_EPOCH);
    }

    proptest! {
        #[test]
        fn every_millisecond_is_written_as_chrono_does(ms in -70_000_000_000_000_i64..260_000_000_000_000) {
            as_chrono_does(DateTime::from_timestamp_millis(ms).unwrap());
            as_chrono_does(DateTime::from_timestamp_millis(ms / 1000 * 1000).unwrap());
        }
    }
}
