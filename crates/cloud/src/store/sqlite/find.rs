//! Finding customers among all: by the beginning of what is in the two directories, each by its own order, so that a page
//! costs the same whatever is there.

use super::accounts;
use crate::ids::{AccountId, Label};
use crate::store::support::FoundDevice;
use crate::store::{Account, Role};
use refill_domain::ids::EndpointId;
use rusqlite::{Connection, OptionalExtension, params};

/// The first text after all that begin like this. Where the last character has no next one, the end of all texts.
fn end_of(begins: &str) -> String {
    let mut chars: Vec<char> = begins.chars().collect();
    while let Some(last) = chars.pop() {
        // Surrogates are no characters.
        let next = if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            chars.push(next);
            break;
        }
    }
    if chars.is_empty() { char::MAX.to_string().repeat(4) } else { chars.into_iter().collect() }
}

pub fn mail(
    db: &Connection,
    begins: &str,
    after: Option<AccountId>,
    max: usize,
) -> anyhow::Result<Vec<Account>> {
    let after = after.map(|id| accounts::account(db, id)).transpose()?.flatten().map(|of| of.email);
    let mut find = db.prepare_cached(
        "SELECT a.account, a.role, a.email, a.name, a.created_at FROM login l JOIN account a ON a.account = l.account
         WHERE l.email >= ?1 AND l.email < ?2 AND l.email > ?3 AND a.role = ?4 ORDER BY l.email LIMIT ?5",
    )?;
    let of = params![
        begins,
        end_of(begins),
        after.unwrap_or_default(),
        Role::Customer.word(),
        i64::try_from(max)?
    ];
    let rows = find.query_and_then(of, accounts::account_of)?;
    rows.collect()
}

pub fn serial(
    db: &Connection,
    begins: &str,
    after: Option<(AccountId, EndpointId)>,
    max: usize,
) -> anyhow::Result<Vec<FoundDevice>> {
    let after = match after {
        None => None,
        Some((account, device)) => {
            let mut find =
                db.prepare_cached("SELECT serial, model FROM device WHERE account = ?1 AND id = ?2")?;
            let of = params![account.bytes(), device.bytes()];
            find.query_row(of, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).optional()?
        }
    };
    let (serial, model) = after.unwrap_or_default();
    let mut find = db.prepare_cached(
        "SELECT a.account, a.role, a.email, a.name, a.created_at, s.device, s.model
         FROM serial s JOIN account a ON a.account = s.account
         WHERE s.serial >= ?1 AND s.serial < ?2 AND (s.serial, s.model) > (?3, ?4)
         ORDER BY s.serial, s.model LIMIT ?5",
    )?;
    let of = params![begins, end_of(begins), serial, model, i64::try_from(max)?];
    let rows = find.query_and_then(of, |row| -> anyhow::Result<_> {
        Ok(FoundDevice {
            account: accounts::account_of(row)?,
            device: EndpointId::from_bytes(row.get(5)?),
            model: row.get::<_, String>(6)?.parse::<Label>()?,
        })
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_this_ends_before_the_next() {
        for (begins, end) in
            [("a", "b"), ("az", "a{"), ("anna@", "annaA"), ("\u{d7ff}", "\u{e000}"), ("a\u{10ffff}", "b")]
        {
            assert_eq!(end_of(begins), end);
            assert!(begins < end);
        }
        assert!(end_of("\u{10ffff}").as_str() > "\u{10ffff}zzz");
    }
}
