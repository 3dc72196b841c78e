//! Where two dossiers differ, member by member, for a person who has to choose between them.

use super::Dossier;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A member that two dossiers have otherwise; absent where one has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Difference {
    /// The member, as `slots[0].names.de-DE`.
    pub field: String,
    /// What this one says.
    pub mine: Option<String>,
    /// What the other says.
    pub theirs: Option<String>,
}

fn flatten(value: &Value, field: &str, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if field.is_empty() { "" } else { "." };
                flatten(member, &format!("{field}{dot}{name}"), into);
            }
        }
        Value::Array(all) => {
            for (at, one) in all.iter().enumerate() {
                flatten(one, &format!("{field}[{at}]"), into);
            }
        }
        // Nothing said is no difference to nothing there.
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => drop(into.insert(field.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) => drop(into.insert(field.to_owned(), value.to_string())),
    }
}

fn flat(dossier: &Dossier) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    flatten(&serde_json::to_value(dossier).unwrap_or_default(), "", &mut all);
    all
}

/// Every member that is not the same in both, by name.
pub fn differences(mine: &Dossier, theirs: &Dossier) -> Vec<Difference> {
    let (mine, theirs) = (flat(mine), flat(theirs));
    let fields: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
    let of = |field: &&String| mine.get(*field) != theirs.get(*field);
    let told = |field: &String| Difference {
        field: field.clone(),
        mine: mine.get(field).cloned(),
        theirs: theirs.get(field).cloned(),
    };
    fields.into_iter().filter(of).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_otherwise_is_told() {
        let mut mine = Dossier { name: "InkWell".into(), ..Dossier::new() };
        let mut theirs = mine.clone();
        assert_eq!(differences(&mine, &theirs), []);
        mine.manufacturer = "Larkfield".into();
        theirs.name = "InkWell 2".into();
        theirs.slots[0].replenishment = "R-1".into();
        let told = differences(&mine, &theirs);
        let fields: Vec<(&str, Option<&str>, Option<&str>)> =
            told.iter().map(|of| (of.field.as_str(), of.mine.as_deref(), of.theirs.as_deref())).collect();
        assert_eq!(
            fields,
            [
                ("manufacturer", Some("Larkfield"), None),
                ("name", Some("InkWell"), Some("InkWell 2")),
                ("slots[0].replenishment", None, Some("R-1")),
            ]
        );
    }
}
