//! What the console takes no more.

use super::*;

type Edit = fn(&mut Dossier);

fn refused(before: &Dossier, edit: Edit) -> Vec<String> {
    let mut after = before.clone();
    edit(&mut after);
    change(before, &after).iter().map(|refusal| format!("{} {:?}", refusal.field, refusal.rule)).collect()
}

fn certified() -> Dossier {
    let mut dossier = assigned();
    dossier.marketplaces.get_mut(&Marketplace::De).unwrap().certified = Some(day("2026-11-20"));
    dossier
}

const EDITS: &[(&str, Edit)] = &[
    ("kind", |d| d.kind = DossierKind::ConnectKit { device_type: "x".into() }),
    ("name", |d| d.name = "Other".into()),
    ("model", |d| d.model = "Other".into()),
    ("manufacturer", |d| d.manufacturer = "Other".into()),
    ("image", |d| d.image = None),
    ("names.de-DE", |d| drop(d.names.insert(Locale::DeDe, "Anders".into()))),
    ("names.en-GB", |d| drop(d.names.remove(&Locale::EnGb))),
    ("slots", |d| d.slots.push(ink("YELLOW", "ink.yellow", "Gelb", "Yellow"))),
    ("slots[0].identifier", |d| d.slots[0].identifier = "BLACK".into()),
    ("slots[0].instance", |d| d.slots[0].instance = "other".into()),
    ("slots[1].category", |d| d.slots[1].category = "Toner".into()),
    ("slots[1].description", |d| d.slots[1].description = "Other.".into()),
    ("slots[0].answers", |d| d.slots[0].answers = Answers::default()),
    ("slots[0].unit", |d| d.slots[0].unit = Some(Unit::Milliliter)),
    ("slots[0].requested", |d| d.slots[0].requested = None),
    ("slots[0].names.de-DE", |d| drop(d.slots[0].names.insert(Locale::DeDe, "Anders".into()))),
    ("slots[0].asins.DE", |d| d.slots[0].asins.get_mut(&Marketplace::De).unwrap().clear()),
];

#[test]
fn until_ids_are_assigned_everything_changes() {
    for (field, edit) in EDITS {
        assert_eq!(refused(&printer(), |_| {}), [""; 0]);
        let mut before = printer();
        for slot in &mut before.slots {
            slot.requested = Some(day("2026-11-16"));
            slot.asins.insert(Marketplace::De, vec!["B00ABCDEF1".into()]);
        }
        assert_eq!(refused(&before, *edit), [""; 0], "{field}");
    }
    assert_eq!(refused(&printer(), |d| d.slots.swap(0, 1)), [""; 0]);
    assert_eq!(refused(&printer(), |d| d.slots.truncate(1)), [""; 0]);
}

#[test]
fn once_ids_are_assigned_each_of_these_stands() {
    for (field, edit) in EDITS {
        assert_eq!(refused(&assigned(), *edit), [format!("{field} Assigned")]);
        assert_eq!(refused(&certified(), *edit), [format!("{field} Certified")]);
    }
}

#[test]
fn what_was_empty_may_be_filled_in() {
    let fill: Edit = |d| {
        d.marketplaces.insert(Marketplace::Jp, DossierMarket::default());
        d.names.insert(Locale::JaJp, "プリンター".into());
        for slot in &mut d.slots {
            slot.names.insert(Locale::JaJp, "インク".into());
            slot.asins.insert(Marketplace::Jp, vec!["B00ABCDEF2".into()]);
        }
        d.marketplaces.get_mut(&Marketplace::Uk).unwrap().customers.push("B2".into());
    };
    assert_eq!(refused(&assigned(), fill), [""; 0]);
    assert_eq!(refused(&certified(), fill), [""; 0], "a marketplace is added");
    let mut begun = assigned();
    begun.slots[0].answers = Answers { left: Some(true), used: None, run: None };
    assert_eq!(refused(&begun, |d| d.slots[0].answers.used = Some(false)), [""; 0], "the same sensor");
    begun.slots[1].replenishment.clear();
    assert_eq!(refused(&begun, |d| d.slots[1].replenishment = "amzn1.id.late".into()), [""; 0]);
}

#[test]
fn a_certified_country_is_closed_and_none_is_taken_away() {
    let drop_de: Edit = |d| drop(d.marketplaces.remove(&Marketplace::De));
    let drop_uk: Edit = |d| drop(d.marketplaces.remove(&Marketplace::Uk));
    assert_eq!(refused(&assigned(), drop_uk), [""; 0]);
    assert_eq!(refused(&certified(), drop_uk), ["marketplaces.UK Certified"]);
    assert_eq!(refused(&certified(), drop_de), ["marketplaces.DE Closed { marketplace: De }"]);
    let other_day: Edit =
        |d| d.marketplaces.get_mut(&Marketplace::De).unwrap().certified = Some(day("2026-11-19"));
    assert_eq!(refused(&certified(), other_day), ["marketplaces.DE.certified Closed { marketplace: De }"]);
    let more: Edit = |d| d.marketplaces.get_mut(&Marketplace::De).unwrap().customers.push("B2".into());
    assert_eq!(refused(&certified(), more), ["marketplaces.DE.customers Closed { marketplace: De }"]);
    let second: Edit =
        |d| d.marketplaces.get_mut(&Marketplace::Uk).unwrap().certified = Some(day("2026-11-21"));
    assert_eq!(refused(&certified(), second), [""; 0]);
}

#[test]
fn an_id_stays_with_its_slot() {
    let swapped =
        |at: usize, other: &str| format!("slots[{at}].replenishment Swapped {{ other: \"{other}\" }}");
    let swap: Edit = |d| {
        let first = d.slots[0].replenishment.clone();
        d.slots[0].replenishment = std::mem::replace(&mut d.slots[1].replenishment, first);
    };
    assert_eq!(refused(&assigned(), swap), [swapped(0, "CYAN"), swapped(1, "SLOT 01")]);
    let copy: Edit = |d| d.slots[1].replenishment = d.slots[0].replenishment.clone();
    assert_eq!(refused(&assigned(), copy), [swapped(1, "SLOT 01")]);
    let other: Edit = |d| d.slots[1].replenishment = "amzn1.id.other".into();
    assert_eq!(refused(&assigned(), other), ["slots[1].replenishment IdChanged"]);
    let gone: Edit = |d| d.slots[1].replenishment.clear();
    assert_eq!(refused(&assigned(), gone), ["slots[1].replenishment IdChanged"]);
    let taken: Edit = |d| d.slots.truncate(1);
    assert_eq!(refused(&assigned(), taken), ["slots[1].replenishment IdChanged", "slots Assigned"]);

    // What can't be an ID, or stands in two slots, is a slip that may be corrected.
    let mut slip = assigned();
    slip.slots[1].replenishment = "pasted badly".into();
    assert_eq!(refused(&slip, other), [""; 0]);
    let mut twice = assigned();
    twice.slots[1].replenishment = twice.slots[0].replenishment.clone();
    assert_eq!(refused(&twice, other), [""; 0]);
}
