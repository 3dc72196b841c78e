//! What support does not see even with consent: addresses, prices, tokens, and what customers wrote for themselves. What
//! is masked is gone from the answer, not hidden in it.

use refill_domain::ledger::{Entry, EntryKind};
use serde_json::Value;

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

fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SECRET_MEMBERS.iter().any(|secret| plain.contains(secret))
}

/// JSON of a kind nobody knows, without what looks like an address, a price, a token or a person.
pub fn json(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = if is_secret_name(&name) { MASK.into() } else { json(value) };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::String(text)
            if SECRET_STARTS.iter().any(|start| text.contains(start)) || text.contains('@') =>
        {
            MASK.into()
        }
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
}
