//! What support does not see even with consent: addresses, prices, tokens, and what customers wrote for themselves. What
//! is masked is gone from the answer, not hidden in it. Of a notification that nobody knows, only what is plainly an id, a
//! moment or a word of the protocol is left.

use chrono::{DateTime, NaiveDate};
use refill_domain::bundle::{Kind, kind_of};
use refill_domain::ledger::{Entry, EntryKind};
use refill_domain::sns::Told;
use serde_json::{Map, Value};

/// What stands where something was left out.
pub const MASK: &str = "•••";

/// A mail address with only the first letter of either part, so that whoever has the address before them can tell.
pub fn mail(address: &str) -> String {
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    match address.split_once('@') {
        Some((name, host)) => {
            let end = host.rsplit_once('.').map(|(_, end)| format!(".{end}")).unwrap_or_default();
            format!("{}{MASK}@{}{MASK}{end}", first(name), first(host))
        }
        None => MASK.to_owned(),
    }
}

/// An entry without its price, its shop, and what a person wrote.
pub fn entry(mut of: Entry) -> Entry {
    of.note = None;
    if let EntryKind::Purchased { price, shop, .. } = &mut of.kind {
        (*price, *shop) = (None, None);
    }
    of
}

/// Names of members that hold what is not shown, in part or whole, in small letters without dashes and underscores.
const SECRET_MEMBERS: [&str; 27] = [
    "token",
    "secret",
    "password",
    "credential",
    "authorization",
    "signature",
    "address",
    "street",
    "city",
    "postal",
    "zip",
    "phone",
    "mail",
    "recipient",
    "buyer",
    "firstname",
    "lastname",
    "fullname",
    "price",
    "cost",
    "amountpaid",
    "currency",
    "total",
    "tax",
    "payment",
    "customerid",
    "customerinfo",
];

/// How Amazon's tokens and ids of persons begin.
const SECRET_STARTS: [&str; 4] = ["Atza|", "Atzr|", "Atc|", "amzn1.account."];

/// A member's name as the lists here write it.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn is_secret_name(name: &str) -> bool {
    let plain = plain(name);
    SECRET_MEMBERS.iter().any(|secret| plain.contains(secret))
}

fn is_secret_text(text: &str) -> bool {
    SECRET_STARTS.iter().any(|start| text.contains(start)) || text.contains('@')
}

/// What a notification said. One of an unknown kind is named and shown by its form.
pub fn told(of: Told) -> Value {
    match of {
        Told::Unknown { name, body } => {
            let name = if is_word(&name) { name.into() } else { mask("name") };
            Value::Object(Map::from_iter([
                ("told".to_owned(), "unknown".into()),
                ("name".to_owned(), name),
                ("body".to_owned(), unknown(body, "", None)),
            ]))
        }
        known => json(serde_json::to_value(known).unwrap_or_default()),
    }
}

/// Names of members that hold an identifier or a word of the protocol (protocols 5.1), as [`SECRET_MEMBERS`] are written.
const WORD_MEMBERS: [&str; 19] = [
    "notificationtype",
    "notificationid",
    "version",
    "serialnumber",
    "modelid",
    "devicemodel",
    "slotid",
    "instanceid",
    "orderinstanceid",
    "orderid",
    "deviceid",
    "endpointid",
    "messageid",
    "eventtype",
    "asin",
    "status",
    "marketplace",
    "region",
    "unit",
];

/// Names of members that hold a number of known meaning, as [`SECRET_MEMBERS`] are written.
const NUMBER_MEMBERS: [&str; 7] =
    ["version", "quantity", "packs", "count", "level", "remainingquantity", "usedquantity"];

/// Characters of a word, and of the name of a member.
const WORD_MAX: usize = 64;

fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:+-".contains(c);
    (1..=WORD_MAX).contains(&text.len()) && text.chars().all(fits) && !is_secret_text(text)
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok() || text.parse::<NaiveDate>().is_ok()
}

fn mask(of: &str) -> Value {
    format!("{MASK} {of}").into()
}

/// What a member of this name holds that is not shown, and with it all that is in it.
fn hidden(name: &str) -> Option<&'static str> {
    let lower = plain(name);
    if WORD_MEMBERS.contains(&lower.as_str()) {
        return None;
    }
    let born = lower.contains("birth") || lower == "dob";
    let kind = kind_of(&lower).or_else(|| born.then_some(Kind::Name)).map(Kind::word);
    kind.or_else(|| is_secret_name(name).then_some("private"))
}

/// JSON of a kind nobody knows: the names of members stay, values only where they are plainly no person's.
fn unknown(value: Value, member: &str, within: Option<&'static str>) -> Value {
    match value {
        Value::Object(members) => {
            let mut all = Map::new();
            for (name, value) in members {
                let value = unknown(value, &name, within.or_else(|| hidden(&name)));
                let shown = if is_word(&name) { name } else { MASK.to_owned() };
                // Names that are masked take nothing from each other.
                let mut place = shown.clone();
                let mut number = 1;
                while all.contains_key(&place) {
                    number += 1;
                    place = format!("{shown} {number}");
                }
                all.insert(place, value);
            }
            Value::Object(all)
        }
        Value::Array(items) => items.into_iter().map(|item| unknown(item, member, within)).collect(),
        Value::Null => Value::Null,
        Value::Bool(_) | Value::Number(_) | Value::String(_) if within.is_some() => {
            mask(within.unwrap_or_default())
        }
        Value::Bool(_) => value,
        Value::Number(_) if NUMBER_MEMBERS.contains(&plain(member).as_str()) => value,
        Value::Number(_) => mask("number"),
        Value::String(text) if text.is_empty() || is_moment(&text) => text.into(),
        Value::String(text) if WORD_MEMBERS.contains(&plain(member).as_str()) && is_word(&text) => {
            text.into()
        }
        Value::String(_) => mask("text"),
    }
}

/// JSON of a known kind, without what looks like an address, a price, a token or a person.
fn json(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = if is_secret_name(&name) { MASK.into() } else { json(value) };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::String(text) if is_secret_text(&text) => MASK.into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as j;

    #[test]
    fn an_address_shows_no_more_than_to_be_told_apart() {
        for (address, shown) in [
            ("priya.nair@example.com", "p•••@e•••.com"),
            ("a@b.co.uk", "a•••@b•••.uk"),
            ("ä@ö.de", "ä•••@ö•••.de"),
            ("nothing", "•••"),
        ] {
            assert_eq!(mail(address), shown);
        }
    }

    #[test]
    fn an_entry_loses_what_it_cost_and_what_was_written() {
        let bought = |price: Value, shop: Value, note: Value| -> Entry {
            serde_json::from_value(j!({"id": uuid::Uuid::from_u128(1), "slot": uuid::Uuid::from_u128(2),
                "observed_at": "2026-01-01T00:00:00Z", "recorded_at": "2026-01-01T00:00:00Z", "source": "person",
                "about": null, "note": note,
                "kind": {"kind": "purchased", "packs": 2, "content": null, "asin": "B00ABCDEF1", "price": price, "shop": shop}}))
            .unwrap()
        };
        let whole = bought(j!({"milli": 12990, "currency": "EUR"}), j!("Corner shop"), j!("Flat 3"));
        assert_eq!(entry(whole), bought(Value::Null, Value::Null, Value::Null));
    }

    #[test]
    fn what_nobody_knows_is_searched_for_what_is_not_shown() {
        let told = j!({"kind": "Odd", "shippingAddress": {"line1": "1 High St", "name": "Priya"}, "access_token": "x",
            "orders": [{"orderId": "o1", "unitPrice": 3, "slot": "s1", "grand-total": "9"}],
            "note": "Atza|CANARY", "for": "priya@example.com", "customerInfo": {"directedCustomerId": "c"}});
        let wanted = j!({"kind": "Odd", "shippingAddress": MASK, "access_token": MASK,
            "orders": [{"orderId": "o1", "unitPrice": MASK, "slot": "s1", "grand-total": MASK}],
            "note": MASK, "for": MASK, "customerInfo": MASK});
        assert_eq!(json(told), wanted);
    }
    fn seen(body: Value) -> Value {
        told(Told::Unknown { name: "SomethingNewNotification".into(), body })["body"].clone()
    }

    #[test]
    fn of_an_unknown_kind_its_name_ids_and_moments_are_left() {
        let body = j!({"notificationInfo": {"notificationType": "SomethingNewNotification", "version": "2015-06-05",
                "notificationTime": "2026-09-01T07:30:00.000Z", "notificationId": "amzn1.dash.n-1", "lwaClientId": "CANARY"},
            "deviceInfo": {"deviceIdentifier": {"serialNumber": "S1"}, "productIdentifier": {"modelId": "WASHER-1"}},
            "items": [{"slotId": "Slot1", "instanceId": "amzn1.dash.i-1", "asin": "B00ABCDEF1", "quantity": 2, "held": true,
                "until": "2026-09-04", "left": null}],
            "shipTo": {"name": "CANARY Priya", "line1": "1 CANARY St", "zip": "CANARY 1", "floor": 3}});
        let wanted = j!({"notificationInfo": {"notificationType": "SomethingNewNotification", "version": "2015-06-05",
                "notificationTime": "2026-09-01T07:30:00.000Z", "notificationId": "amzn1.dash.n-1", "lwaClientId": "••• text"},
            "deviceInfo": {"deviceIdentifier": {"serialNumber": "S1"}, "productIdentifier": {"modelId": "WASHER-1"}},
            "items": [{"slotId": "Slot1", "instanceId": "amzn1.dash.i-1", "asin": "B00ABCDEF1", "quantity": 2, "held": true,
                "until": "2026-09-04", "left": null}],
            "shipTo": {"name": "••• name", "line1": "••• text", "zip": "••• address", "floor": "••• number"}});
        assert_eq!(seen(body), wanted);
        let of = |name: &str| told(Told::Unknown { name: name.into(), body: Value::Null })["name"].clone();
        assert_eq!((of("NewNotification"), of("Priya Nair")), (j!("NewNotification"), j!("••• name")));
    }

    /// Persons, addresses, prices and tokens where nobody would look for them.
    #[test]
    fn hostile_shapes_of_an_unknown_kind_show_nothing_of_a_person() {
        for body in [
            j!("CANARY"),
            j!(["CANARY Priya", ["CANARY", {"x": ["CANARY High St"]}]]),
            j!({"deliveredBy": "CANARY"}),
            j!({"slotId": "CANARY Priya Nair"}),
            j!({"slotId": ["a", "CANARY, Flat 3"]}),
            j!({"slotId": {"is": "CANARY"}}),
            j!({"status": "for CANARY"}),
            j!({"orderId": "Atza|CANARY"}),
            j!({"instanceId": "amzn1.account.CANARY"}),
            j!({"deviceModel": "CANARY@example.com"}),
            j!({"shippingAddress": {"modelId": "CANARY", "status": ["CANARY"], "serialNumber": {"asin": "CANARY"}}}),
            j!({"buyer": {"orderId": "CANARY"}}),
            j!({"CANARY Priya Nair": 1}),
            j!({"CANARY@example.com": {"version": "1"}}),
            j!({"a": {"b": {"c": {"d": [[[{"e": "CANARY"}]]]}}}}),
            j!({"json": "{\"name\": \"CANARY\"}"}),
            j!({"Slot\u{202e}Id": "CANARY \u{202e}"}),
            j!({"modelId": format!("CANARY{}", "x".repeat(100))}),
        ] {
            let shown = seen(body.clone()).to_string();
            assert!(!shown.contains("CANARY"), "{body} shows {shown}");
        }
        for (body, wanted) in [
            (
                j!({"price": 12.99, "x": 12.99, "zip": 90210}),
                j!({"price": "••• private", "x": "••• number", "zip": "••• address"}),
            ),
            (j!({"birthDate": "1990-01-01"}), j!({"birthDate": "••• name"})),
            (
                j!({"address": {"quantity": 4, "isHome": true}}),
                j!({"address": {"quantity": "••• address", "isHome": "••• address"}}),
            ),
            (
                j!({"a b": 1, "c d": 2, "•••": 3}),
                j!({"•••": "••• number", "••• 2": "••• number", "••• 3": "••• number"}),
            ),
            (j!({}), j!({})),
            (j!([]), j!([])),
        ] {
            assert_eq!(seen(body.clone()), wanted, "{body}");
        }
    }

    #[test]
    fn what_is_known_is_told_as_it_is() {
        let known = Told::DeviceRegistered;
        assert_eq!(told(known.clone()), serde_json::to_value(known).unwrap());
        let unknown = Told::Unknown { name: "New".into(), body: j!({}) };
        assert_eq!(
            told(unknown.clone()),
            serde_json::to_value(unknown).unwrap(),
            "in the form of the others"
        );
    }
}
