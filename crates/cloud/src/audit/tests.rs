//! The chain breaks at whatever is done to it.

use super::*;
use std::collections::BTreeSet;
use uuid::Uuid;

fn chain(count: u128) -> Vec<AuditRow> {
    let mut rows: Vec<AuditRow> = Vec::new();
    for number in 0..count {
        let head = rows.last().map_or(Head::NONE, |row| Head { seq: row.seq, hash: row.hash });
        let new = NewAudit {
            at: 1000,
            actor: AccountId(Uuid::from_u128(number)),
            actor_name: "Tom Hale".into(),
            role: Role::Staff,
            customer: (number % 2 == 0).then(|| AccountId(Uuid::from_u128(7))),
            action: Action::SeeDevices,
            about: None,
            case: Some("SUP-1".into()),
            reason: Some("The vacuum stopped".into()),
            peer: "192.0.2.1".into(),
        };
        rows.push(AuditRow::after(head, new));
    }
    rows
}

fn walked(rows: &[AuditRow], expected: Option<Head>) -> Verdict {
    let mut walk = Walk::new(expected);
    for row in rows {
        if !walk.next(row) {
            break;
        }
    }
    walk.end()
}

#[test]
fn a_chain_that_nobody_touched_is_whole() {
    let rows = chain(5);
    let verdict = walked(&rows, None);
    assert_eq!((verdict.whole, verdict.rows, &verdict.trouble), (true, 5, &None));
    assert_eq!(verdict.head, format!("5:{}", hex(&rows[4].hash)));
    let head = read_head(&verdict.head).unwrap();
    assert!(walked(&rows, Some(head)).whole);
    assert!(walked(&chain(9), Some(head)).whole, "it has grown since");
    assert!(walked(&[], None).whole);
}

#[test]
fn whatever_is_changed_breaks_it_there() {
    type Change = fn(&mut AuditRow);
    let changes: [(&str, Change); 10] = [
        ("at", |row| row.at += 1),
        ("actor", |row| row.actor = AccountId(Uuid::from_u128(99))),
        ("name", |row| row.actor_name.push('x')),
        ("role", |row| row.role = "administrator".into()),
        ("customer", |row| row.customer = None),
        ("action", |row| row.action = "find".into()),
        ("about", |row| row.about = Some(String::new())),
        ("case", |row| row.case = None),
        ("reason", |row| row.reason = Some("another".into())),
        ("peer", |row| row.peer = "192.0.2.2".into()),
    ];
    for (name, change) in changes {
        let mut rows = chain(5);
        change(&mut rows[2]);
        let verdict = walked(&rows, None);
        assert_eq!((verdict.whole, verdict.rows), (false, 2), "{name}");
        // With its hash made to fit, the next row tells.
        rows[2].hash = rows[2].sealed();
        let verdict = walked(&rows, None);
        assert_eq!((verdict.whole, verdict.rows), (false, 3), "{name}");
    }
}

#[test]
fn what_is_taken_out_or_cut_off_or_written_anew_is_missed() {
    let rows = chain(5);
    let mut gap = rows.clone();
    gap.remove(2);
    assert_eq!(
        walked(&gap, None).trouble.as_deref(),
        Some("After row 2 comes row 4: something was taken out.")
    );
    assert!(walked(&rows[..3], None).whole, "that nothing is missing at the end, the chain alone can't say");
    let head = Head { seq: 5, hash: rows[4].hash };
    let cut = walked(&rows[..3], Some(head));
    assert_eq!(cut.trouble.as_deref(), Some("The trail ends with row 3; row 5 was there once."));
    let anew = Head { seq: 2, hash: [9; 32] };
    assert!(walked(&rows, Some(anew)).trouble.is_some_and(|why| why.contains("written anew")));
}

#[test]
fn members_do_not_run_into_each_other() {
    let mut rows = chain(1);
    let before = rows[0].sealed();
    rows[0].case = Some("SUP-1The".into());
    rows[0].reason = Some(" vacuum stopped".into());
    assert_ne!(rows[0].sealed(), before);
}

#[test]
fn actions_are_told_apart() {
    let words: BTreeSet<&str> = Action::ALL.iter().map(|action| action.word()).collect();
    assert_eq!(words.len(), Action::ALL.len());
    assert!(Action::Release.changes() && !Action::SeeReports.changes());
}

#[test]
fn heads_are_read_as_they_are_written() {
    assert_eq!(read_head(&format!(" 7:{}\n", hex(&[0xAB; 32]))), Some(Head { seq: 7, hash: [0xAB; 32] }));
    for bad in ["", "7", "7:", "x:00", &format!("-1:{}", hex(&[0; 32])), &format!("1:{}", "ä".repeat(32))] {
        assert_eq!(read_head(bad), None, "{bad}");
    }
}
