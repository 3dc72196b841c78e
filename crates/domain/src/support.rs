//! Support as a customer's app hears of it from the maker's cloud: who asked to see, who may and until when, and what was
//! looked at and done. What an app does not know yet is read all the same, as unknown.

use serde::{Deserialize, Serialize};

/// How a request for access stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessStanding {
    /// It waits for the customer.
    Asked,
    /// It waited too long.
    Lapsed,
    /// There is access.
    Given,
    /// There is access that an administrator took.
    BrokenGlass,
    /// Its time is over.
    Ended,
    /// The customer did not give it.
    Declined,
    /// The customer took it back.
    Withdrawn,
    /// The case was closed.
    Closed,
    /// Something this app does not know.
    #[serde(other)]
    Unknown,
}

/// A request for access, and what became of it (`GET /v1/access`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Its id.
    pub id: uuid::Uuid,
    /// Who asked.
    pub staff: String,
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// When, ms since 1970 UTC.
    pub asked_at: i64,
    /// How it stands.
    pub standing: AccessStanding,
    /// From when there is, or was, access.
    #[serde(default)]
    pub from: Option<i64>,
    /// Until when there is, or was, access; while it waits: until when it does.
    #[serde(default)]
    pub until: Option<i64>,
}

/// One line of the trail (`GET /v1/trail`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailLine {
    /// Its number.
    pub number: i64,
    /// When, ms since 1970 UTC.
    pub at: i64,
    /// Who.
    pub who: String,
    /// As what they acted: `customer`, `staff` or `administrator`.
    pub role: String,
    /// What was done, by the cloud's word.
    pub action: String,
    /// On what.
    #[serde(default)]
    pub about: Option<String>,
    /// The number of the case.
    #[serde(default)]
    pub case: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

impl TrailLine {
    /// Whether it says that somebody took access without the customer.
    pub fn is_broken_glass(&self) -> bool {
        deed(&self.action) == Deed::BrokeGlass {}
    }
}

/// A page of the trail, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailPage {
    /// The lines.
    pub lines: Vec<TrailLine>,
    /// There are more.
    pub more: bool,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Looked {
    /// The devices and what is in them.
    Devices,
    /// The ledger.
    Entries,
    /// Orders and subscriptions.
    Orders,
    /// Messages to Alexa.
    Reports,
    /// The links.
    Links,
    /// Amazon's notifications.
    Notices,
}

/// What somebody did, in one line for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Deed {
    /// Looked at these.
    Looked {
        /// Each once.
        parts: Vec<Looked>,
    },
    /// Asked for access.
    Asked {},
    /// The customer gave access.
    Given {},
    /// The customer did not.
    Declined {},
    /// The customer took it back.
    Withdrawn {},
    /// Closed the case.
    Closed {},
    /// Took access without the customer.
    BrokeGlass {},
    /// Sent a message again.
    Released {},
    /// Let stopped messages go on.
    Resumed {},
    /// Described the devices to Alexa anew.
    Described {},
    /// Cancelled the orders of a test device.
    CancelledTests {},
    /// Took a device away.
    TookAway {},
    /// Could not do what was begun.
    NotDone {},
    /// Looked for a customer.
    Found {},
    /// Made the account.
    MadeAccount {},
    /// Something this app does not know.
    Other {},
}

fn deed(action: &str) -> Deed {
    let looked = |part| Deed::Looked { parts: vec![part] };
    match action {
        "see_devices" => looked(Looked::Devices),
        "see_entries" => looked(Looked::Entries),
        "see_orders" => looked(Looked::Orders),
        "see_reports" | "see_report" => looked(Looked::Reports),
        "see_links" => looked(Looked::Links),
        "see_notices" => looked(Looked::Notices),
        "find" => Deed::Found {},
        "ask" => Deed::Asked {},
        "give" => Deed::Given {},
        "decline" => Deed::Declined {},
        "withdraw" => Deed::Withdrawn {},
        "close" => Deed::Closed {},
        "break_glass" => Deed::BrokeGlass {},
        "release" => Deed::Released {},
        "resume" => Deed::Resumed {},
        "discover" => Deed::Described {},
        "cancel_test_orders" => Deed::CancelledTests {},
        "deregister" => Deed::TookAway {},
        "not_done" => Deed::NotDone {},
        "make_account" => Deed::MadeAccount {},
        _ => Deed::Other {},
    }
}

/// Looks of one person that follow each other within so long are one visit, ms.
const VISIT: i64 = 60 * 60_000;

/// What one person did at a moment, or looked at in one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When it began, ms since 1970 UTC.
    pub at: i64,
    /// Who.
    pub who: String,
    /// What.
    pub deed: Deed,
    /// The number of the case.
    pub case: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// The trail for people: looks of one visit are one line, the newest first.
pub fn visits(lines: &[TrailLine]) -> Vec<Done> {
    let mut all: Vec<Done> = Vec::new();
    for line in lines {
        let new = Done {
            at: line.at,
            who: line.who.clone(),
            deed: deed(&line.action),
            case: line.case.clone(),
            reason: line.reason.clone(),
        };
        if let (Deed::Looked { parts: seen }, Some(last)) = (&new.deed, all.last_mut())
            && (&last.who, &last.case) == (&new.who, &new.case)
            && last.at - new.at <= VISIT
            && let Deed::Looked { parts } = &mut last.deed
        {
            parts.extend(seen);
            parts.sort_unstable();
            parts.dedup();
            last.at = new.at;
            continue;
        }
        all.push(new);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(minutes: i64, who: &str, action: &str) -> TrailLine {
        TrailLine {
            number: minutes,
            at: minutes * 60_000,
            who: who.into(),
            role: "staff".into(),
            action: action.into(),
            about: None,
            case: Some("SUP-1".into()),
            reason: None,
        }
    }

    #[test]
    fn looks_of_one_visit_are_one_line() {
        let trail = [
            line(300, "Tom", "close"),
            line(200, "Tom", "see_reports"),
            line(190, "Tom", "see_devices"),
            line(185, "Tom", "see_report"),
            line(100, "Tom", "see_devices"),
            line(90, "Ada", "see_devices"),
            line(80, "Tom", "give"),
        ];
        let told = visits(&trail);
        let looked = |parts: &[Looked]| Deed::Looked { parts: parts.to_vec() };
        let deeds: Vec<(i64, &str, Deed)> =
            told.iter().map(|of| (of.at / 60_000, of.who.as_str(), of.deed.clone())).collect();
        assert_eq!(
            deeds,
            [
                (300, "Tom", Deed::Closed {}),
                (185, "Tom", looked(&[Looked::Devices, Looked::Reports])),
                (100, "Tom", looked(&[Looked::Devices])),
                (90, "Ada", looked(&[Looked::Devices])),
                (80, "Tom", Deed::Given {}),
            ]
        );
        assert_eq!(visits(&[]), []);
    }

    #[test]
    fn what_a_later_cloud_says_is_read_all_the_same() {
        let access = json!({"id": "00000000-0000-0000-0000-000000000001", "staff": "Tom", "case": "S", "reason": "r",
            "asked_at": 1, "standing": "pondered", "from": null, "until": 5, "mood": "good"});
        let access: Access = serde_json::from_value(access).unwrap();
        assert_eq!((access.standing, access.until), (AccessStanding::Unknown, Some(5)));
        assert_eq!(visits(&[line(1, "Tom", "see_stars")])[0].deed, Deed::Other {});
    }
}
