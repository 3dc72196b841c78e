//! The cases as data: what each tests, what it expects, where that stands, and without which others it says nothing. The
//! words for people are kept with the other words, under each case's name.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a case is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A pre-check of S0 (`000_*.txt`), or a prerequisite of protocols 7.2.
    PreCheck,
    /// One of the numbered cases of protocols 7.2.
    Certification,
}

macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident $code:literal $word:literal $section:literal [$($needs:ident)*]
        $tests:literal => $expects:literal;)*) => {
        /// One case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Case { $($(#[$doc])* $name,)* }

        impl Case {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Case] = &[$(Case::$name,)*];

            /// What it is called by: `P1` to `P5`, or the number in protocols 7.2.
            pub fn code(self) -> &'static str {
                match self { $(Case::$name => $code,)* }
            }

            /// Its name on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Case::$name => $word,)* }
            }

            /// Where it stands.
            pub fn section(self) -> &'static str {
                match self { $(Case::$name => $section,)* }
            }

            /// Without these it says nothing.
            pub fn needs(self) -> &'static [Case] {
                match self { $(Case::$name => &[$(Case::$needs),*],)* }
            }

            /// What is tested, as the documents say it.
            pub fn tests(self) -> &'static str {
                match self { $(Case::$name => $tests,)* }
            }

            /// What is expected, as the documents say it.
            pub fn expects(self) -> &'static str {
                match self { $(Case::$name => $expects,)* }
            }
        }
    };
}

cases! {
    /// What a tester needs before anything is run.
    Prerequisites "P1" "prerequisites" "protocols 7.2" []
        "The test account" => "It is on the allow list, has a retail account, and test orders are cancelled within 24 hours.";
    /// The Discover test of the Lambda console.
    Discovery "P2" "discovery" "S0, testing your Lambda function" []
        "Send Discover to the skill" => "A complete Discover.Response that Amazon takes.";
    /// Case 1.
    SetUp "1" "set_up" "protocols 7.2, case 1" [Discovery]
        "Set up the device in the Alexa app with automatic reorder" => "The device and its slots appear.";
    /// What discovery says of each sensor is what was registered.
    Sensors "P3" "sensors" "S0, discovering the device" [SetUp]
        "Compare discovery with the registration" => "Each sensor has the registered interface, quantity and unit.";
    /// The form of what is sent to the event gateway.
    Messages "P4" "messages" "S0, sending an inventory update" [Sensors]
        "Read every message to the event gateway"
        => "Levels by ChangeReport, uses by InventoryConsumed, about this device and its sensors, taken by Amazon.";
    /// Case 2.
    Supply "2" "supply" "protocols 7.2, case 2" [Messages]
        "Look at the inventory under Device Settings > Supply"
        => "It equals what the device measured and what the maker's app shows.";
    /// The daily duty.
    Daily "P5" "daily" "S0, level sensor" [Supply]
        "Leave the device alone for more than a day" => "A report at least once a day.";
    /// Case 3.
    LowMail "3" "low_mail" "protocols 7.2, case 3" [Supply]
        "Let the level reach the threshold" => "A mail about low supply, at the latest after three low updates.";
    /// Case 4.
    Order "4" "order" "protocols 7.2, case 4" [LowMail Products]
        "Keep each slot at or below the threshold for three updates in a row" => "An order for the slot.";
    /// Case 5.
    Reset "5" "reset" "protocols 7.2, case 5" [Supply]
        "Replace the consumable of each slot and go on" => "At least one ChangeReport with the new value.";
    /// Case 6.
    Products "6" "products" "protocols 7.2, case 6" [Sensors]
        "Open the products of each slot under Supply" => "The right products are offered.";
    /// Case 7.
    NotifyOnly "7" "notify_only" "protocols 7.2, case 7" [Order Reset]
        "Set each slot to notifications alone and let it get low" => "A notification and no order.";
    /// Case 8.
    Kept "8" "kept" "protocols 7.2, case 8" [SetUp]
        "Leave the device registered until Amazon approves" => "It is not deregistered.";
}

/// What of a case a person can see who has nothing but the device, the apps and their mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing: it is in messages alone.
    None,
    /// All of it, once for the device.
    Device,
    /// All of it, in each slot.
    Slots,
    /// All of it, by several looks.
    Looks,
}

/// Why a text is no case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use 1 to 8, or P1 to P5")]
pub struct BadCase;

impl FromStr for Case {
    type Err = BadCase;

    /// Reads a code, in any case.
    fn from_str(text: &str) -> Result<Self, BadCase> {
        Self::ALL.iter().copied().find(|case| case.code().eq_ignore_ascii_case(text)).ok_or(BadCase)
    }
}

impl Case {
    /// What of it a person can see.
    pub fn sight(self) -> Sight {
        match self {
            Self::Prerequisites => Sight::Looks,
            Self::Discovery | Self::Sensors | Self::Messages | Self::Daily => Sight::None,
            Self::SetUp | Self::Kept => Sight::Device,
            Self::Supply | Self::LowMail | Self::Order | Self::Reset | Self::Products | Self::NotifyOnly => {
                Sight::Slots
            }
        }
    }

    /// Where it is from.
    pub fn source(self) -> Source {
        if self.code().starts_with('P') { Source::PreCheck } else { Source::Certification }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_has_its_own_code_and_what_it_needs_is_judged_when_it_is() {
        let codes: BTreeSet<&str> = Case::ALL.iter().map(|case| case.code()).collect();
        assert_eq!(codes.len(), Case::ALL.len());
        for number in 1..=8 {
            let case: Case = number.to_string().parse().unwrap();
            assert_eq!(case.source(), Source::Certification);
        }
        assert_eq!("p5".parse(), Ok(Case::Daily));
        assert_eq!("9".parse::<Case>(), Err(BadCase));
        // No case waits for itself, however far round.
        for case in Case::ALL {
            let mut open = case.needs().to_vec();
            while let Some(next) = open.pop() {
                assert_ne!(next, *case);
                open.extend(next.needs());
            }
            assert_eq!(serde_json::to_value(case).unwrap(), case.word());
        }
    }
}
