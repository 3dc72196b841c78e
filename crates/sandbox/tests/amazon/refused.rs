//! Wrong messages: each row is a legal message with one thing changed, the code that must come back, the member that the
//! description must name, and the section that demands it.

use crate::rows::{Legal, Row, rows};
use crate::side::*;
use serde_json::{Value, json};

fn legal(from: Legal, token: &str) -> Value {
    match from {
        Legal::Change => change(token, "printer-1", 1, 5.0),
        Legal::Consumed => consumed(token, "printer-1", 2, 1),
        Legal::Ran => ran(token, "printer-1", 3, "PT1H13M"),
        Legal::Replaced => replaced(token, "printer-1", 4),
        Legal::Add => add_or_update(token, &[device("printer-1")]),
        Legal::Delete => deleted(token, "printer-1"),
        Legal::State => state(token, "printer-1", 5),
        Legal::Failed => failed(token, "printer-1", 6, "ENDPOINT_UNREACHABLE"),
    }
}

fn set(body: &mut Value, pointer: &str, to: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} has no parent"));
    match (parent, to) {
        (Value::Object(members), Some(value)) => {
            members.insert(name.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.remove(name).unwrap_or_else(|| panic!("{pointer} is not there"));
        }
        (Value::Array(list), to) => {
            let at: usize = name.parse().expect("an index");
            match to {
                Some(value) if at == list.len() => list.push(value),
                Some(value) => list[at] = value,
                None => {
                    list.remove(at);
                }
            }
        }
        _ => panic!("{pointer} is nowhere"),
    }
}

#[tokio::test]
async fn each_wrong_message_is_refused_by_its_section() {
    let side = Side::new().await;
    let (one, two) = (side.events_token(ONE).await, side.events_token("amzn1.account.TWO").await);
    for (token, id) in [(&one, "printer-1"), (&two, "taken-by-two")] {
        let back = side.post_event(token, &add_or_update(token, &[device(id)])).await;
        assert_eq!(back.status, 202, "{}", back.text);
    }
    let rows = rows();
    assert!(rows.len() >= 40);
    let mut wrong = Vec::new();
    for Row { from, member, to, path, section } in rows {
        let mut body = legal(from, &one);
        set(&mut body, member, to);
        let back = side.post_event(&one, &body).await;
        let json: Value = serde_json::from_str(&back.text).unwrap_or_default();
        let said = json["payload"]["description"].as_str().unwrap_or_default();
        let right = back.status == 400
            && json["header"]["namespace"] == "System"
            && json["header"]["name"] == "Exception"
            && json["header"]["messageId"].as_str().is_some_and(|id| id.len() == 36)
            && json["payload"]["code"] == "INVALID_REQUEST_EXCEPTION"
            && said.starts_with(path)
            && said.ends_with(&format!("(protocols {section})"));
        if !right {
            wrong.push(format!(
                "{from:?} {member}: wanted {path} ({section}), got {} {}",
                back.status, back.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // None of them left a trace in what is known of the device.
    let known = side.board(&format!("/endpoints?customer={ONE}")).await;
    assert_eq!(known["endpoints"].as_array().expect("a list").len(), 1);
    assert!(known["endpoints"][0]["sensors"].as_array().expect("a list").iter().all(|s| s["reports"] == 0));
    side.running.stop().await;
}

/// Pointers to every member and element.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |name: &str, value: &Value| {
        let pointer = format!("{at}/{name}");
        all.push(pointer.clone());
        pointers(value, &pointer, all);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| below(&i.to_string(), value)),
        _ => {}
    }
}

#[tokio::test]
async fn whatever_stands_anywhere_the_answer_is_a_documented_one() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    side.post_event(&token, &add_or_update(&token, &[device("printer-1")])).await;
    let odd = [json!(null), json!(-1e300), json!("\u{202e}😀\u{0}"), json!([[]]), json!({"": {}})];
    let mut refused = 0;
    for from in
        [Legal::Change, Legal::Ran, Legal::Replaced, Legal::Add, Legal::Delete, Legal::State, Legal::Failed]
    {
        let body = legal(from, &token);
        let mut all = Vec::new();
        pointers(&body, "", &mut all);
        for (n, pointer) in all.iter().enumerate() {
            let mut wrong = body.clone();
            *wrong.pointer_mut(pointer).expect("a member") = odd[n % odd.len()].clone();
            let back = side.post_event(&token, &wrong).await;
            if back.status != 202 {
                refused += 1;
                let json = back.json();
                assert_eq!(
                    (back.status, &json["payload"]["code"]),
                    (400, &json!("INVALID_REQUEST_EXCEPTION"))
                );
                let said = json["payload"]["description"].as_str().expect("text");
                assert!(said.contains(": ") && said.contains("(protocols "), "{pointer}: {said}");
            }
        }
    }
    assert!(refused > 150, "only {refused} of them were refused");
    side.running.stop().await;
}
