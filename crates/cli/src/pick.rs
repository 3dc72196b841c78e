//! Finds what a person means by a name or the beginning of an id. One meaning is taken; none or several are an error
//! that lists what there is to say instead.

use crate::failure::Failure;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_engine::error::Code;
use refill_engine::household::Household;
use refill_engine::store::DeviceRow;

/// Fewest characters of an id that are looked at.
const PREFIX_MIN: usize = 4;

/// Most candidates an error lists.
const LISTED: usize = 10;

/// Ledger lines looked through for the part of an entry's id, in each supply.
const LINES: u32 = 500;

/// Something that can be meant.
struct Candidate<T> {
    value: T,
    id: String,
    name: String,
    /// Name with its device.
    path: String,
}

/// The supply meant by an id, the beginning of one, a name, or `device/supply`.
///
/// # Errors
/// `slot_unknown`, `ambiguous`.
pub fn slot(household: &Household, wanted: &str) -> Result<SlotId, Failure> {
    let candidates: Vec<Candidate<SlotId>> = household
        .present_slots()
        .map(|watched| {
            let slot = &watched.row.slot;
            let device = household.device(slot.endpoint).map(|device| device.endpoint.name.as_str());
            let path = format!("{}/{}", device.unwrap_or_default(), slot.name);
            Candidate { value: slot.id, id: slot.id.to_string(), name: slot.name.clone(), path }
        })
        .collect();
    choose(&candidates, wanted, Code::SlotUnknown, "supply")
}

/// The device meant by an id, the beginning of one, or a name.
///
/// # Errors
/// `device_unknown`, `ambiguous`.
pub fn device(household: &Household, wanted: &str) -> Result<EndpointId, Failure> {
    choose(&devices(household.present_devices()), wanted, Code::DeviceUnknown, "device")
}

/// The same among those that were removed.
///
/// # Errors
/// `device_unknown`, `ambiguous`.
pub fn removed(household: &Household, wanted: &str) -> Result<EndpointId, Failure> {
    choose(&devices(household.removed_devices()), wanted, Code::DeviceUnknown, "removed device")
}

fn devices<'a>(rows: impl Iterator<Item = &'a DeviceRow>) -> Vec<Candidate<EndpointId>> {
    rows.map(|device| Candidate {
        value: device.endpoint.id,
        id: device.endpoint.id.to_string(),
        name: device.endpoint.name.clone(),
        path: device.endpoint.name.clone(),
    })
    .collect()
}

/// The entry meant by an id, or by its beginning or end.
///
/// # Errors
/// `entry_unknown`, `ambiguous`, or why the ledger can't be read.
pub fn entry(household: &Household, wanted: &str) -> Result<EntryId, Failure> {
    if let Ok(entry) = wanted.trim().parse::<EntryId>() {
        return Ok(entry);
    }
    let part = wanted.trim().to_lowercase();
    let unknown = || {
        let message = format!("No entry's id begins or ends with “{part}”; refillctl slot shows them.");
        Failure::new("entry_unknown", message).at("entry")
    };
    if part.len() < PREFIX_MIN {
        return Err(unknown());
    }
    let mut fitting: Vec<EntryId> = Vec::new();
    for watched in household.present_slots() {
        let page = household.slot_page(watched.row.slot.id, LINES)?;
        let entries = page.ledger.iter().filter_map(|line| line.entry);
        fitting.extend(entries.filter(|entry| {
            let id = entry.to_string();
            id.starts_with(&part) || id.ends_with(&part)
        }));
    }
    fitting.dedup();
    match fitting.as_slice() {
        [] => Err(unknown()),
        [entry] => Ok(*entry),
        several => {
            let ids: Vec<String> = several.iter().take(LISTED).map(ToString::to_string).collect();
            let message = format!("“{part}” fits {} entries: {}.", several.len(), ids.join(", "));
            Err(Failure::new("ambiguous", message).at("entry"))
        }
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn choose<T: Copy>(all: &[Candidate<T>], wanted: &str, unknown: Code, noun: &str) -> Result<T, Failure> {
    let text = folded(wanted);
    let tries: [fn(&Candidate<T>, &str) -> bool; 4] = [
        |c, text| c.id == text,
        |c, text| folded(&c.name) == text,
        |c, text| folded(&c.path) == text,
        |c, text| text.len() >= PREFIX_MIN && c.id.starts_with(text),
    ];
    for fits in tries {
        let fitting: Vec<&Candidate<T>> = all.iter().filter(|c| fits(c, &text)).collect();
        match fitting.as_slice() {
            [] => {}
            [one] => return Ok(one.value),
            several => {
                let message =
                    format!("“{wanted}” fits several: {}. Give one of these, or its id.", list(several));
                return Err(Failure::new("ambiguous", message).at(noun));
            }
        }
    }
    let near: Vec<&Candidate<T>> = all.iter().filter(|c| folded(&c.path).contains(&text)).collect();
    let offered: Vec<&Candidate<T>> = if near.is_empty() { all.iter().collect() } else { near };
    let message = if offered.is_empty() {
        format!("There is no {noun} yet.")
    } else {
        format!("No {noun} is called “{wanted}”; there is: {}.", list(&offered))
    };
    Err(Failure::new(&crate::failure::word(unknown), message).at(noun))
}

/// `Study printer/Black ink (0198…), …`; ids only where names would not tell them apart.
fn list<T>(candidates: &[&Candidate<T>]) -> String {
    let mut names: Vec<String> = candidates
        .iter()
        .take(LISTED)
        .map(|c| {
            let twice = candidates.iter().filter(|other| folded(&other.path) == folded(&c.path)).count() > 1;
            if twice { format!("{} ({})", c.path, c.id) } else { c.path.clone() }
        })
        .collect();
    if candidates.len() > LISTED {
        names.push(format!("and {} more", candidates.len() - LISTED));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate<u8>> {
        let one = |value, id: &str, device: &str, name: &str| Candidate {
            value,
            id: id.to_owned(),
            name: name.to_owned(),
            path: format!("{device}/{name}"),
        };
        vec![
            one(1, "0198aaaa-1", "Study printer", "Black ink"),
            one(2, "0198aaaa-2", "Office", "Black ink"),
            one(3, "0198bbbb-3", "Study printer", "Cyan ink"),
        ]
    }

    #[test]
    fn names_paths_and_ids_are_understood() {
        let all = candidates();
        let pick =
            |text: &str| choose(&all, text, Code::SlotUnknown, "supply").map_err(|f| (f.code, f.message));
        assert_eq!(pick("CYAN  ink"), Ok(3));
        assert_eq!(pick("office/black ink"), Ok(2));
        assert_eq!(pick("0198bb"), Ok(3));
        assert_eq!(pick("0198aaaa-2"), Ok(2));
        let (code, told) = pick("black ink").unwrap_err();
        assert_eq!(code, "ambiguous");
        assert!(told.contains("Study printer/Black ink, Office/Black ink"), "{told}");
        assert_eq!(pick("0198").unwrap_err().0, "ambiguous");
        for text in ["019", "", "magenta"] {
            assert_eq!(pick(text).unwrap_err().0, "slot_unknown", "{text}");
        }
        assert!(
            pick("black").unwrap_err().1.ends_with("there is: Study printer/Black ink, Office/Black ink.")
        );
    }
}
