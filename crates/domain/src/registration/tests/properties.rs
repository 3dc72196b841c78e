//! What holds for every dossier and every text.

use super::*;
use crate::endpoint::SensorKind;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zA-Z0-9._-]{1,12}", ".{0,20}"]
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0i64..2000).prop_map(|days| day("2025-01-01") + chrono::TimeDelta::days(days))
}

fn slot() -> impl Strategy<Value = DossierSlot> {
    let texts = (text(), text(), text(), text(), text());
    let answers = (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>());
    let lists = (
        btree_map(select(Locale::ALL), text(), 0..4),
        btree_map(select(Marketplace::ALL), vec(text(), 0..3), 0..3),
    );
    (texts, answers, option::of(select(Unit::ALL)), lists, option::of(date())).prop_map(
        |(
            (identifier, instance, category, description, replenishment),
            (left, used, run),
            unit,
            lists,
            requested,
        )| {
            DossierSlot {
                identifier,
                instance,
                category,
                answers: Answers { left, used, run },
                unit,
                description,
                names: lists.0,
                asins: lists.1,
                requested,
                replenishment,
            }
        },
    )
}

fn any_dossier() -> impl Strategy<Value = Dossier> {
    let kind = prop_oneof![
        Just(DossierKind::Skill),
        text().prop_map(|device_type| DossierKind::ConnectKit { device_type })
    ];
    let market = (vec(text(), 0..12), option::of(date()))
        .prop_map(|(customers, certified)| DossierMarket { customers, certified });
    let image =
        (text(), any::<u64>(), any::<u16>(), any::<u16>()).prop_map(|(file, bytes, white, transparent)| {
            let background = Background { white, transparent };
            DossierImage { file, bytes, format: ImageFormat::Gif, width: 1, height: 1, background }
        });
    let texts = (text(), text(), text());
    let names = btree_map(select(Locale::ALL), text(), 0..5);
    let markets = btree_map(select(Marketplace::ALL), market, 0..4);
    (kind, texts, option::of(image), names, vec(slot(), 0..5), markets).prop_map(
        |(kind, (name, model, manufacturer), image, names, slots, marketplaces)| Dossier {
            kind,
            name,
            model,
            manufacturer,
            image,
            names,
            slots,
            marketplaces,
        },
    )
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same(dossier in any_dossier()) {
        prop_assert_eq!(read(write(&dossier).as_bytes()), Ok(dossier));
    }

    #[test]
    fn reading_is_total(text in "\\PC*|[\\[\\]{}\":,a-z0-9]{0,60}", bytes in vec(any::<u8>(), 0..60)) {
        let _ = (read(text.as_bytes()), arrivals(text.as_bytes()), read(&bytes), arrivals(&bytes));
    }

    #[test]
    fn no_change_is_never_refused(dossier in any_dossier()) {
        prop_assert_eq!(change(&dossier, &dossier), []);
    }

    #[test]
    fn an_id_that_stands_is_in_its_slot_after_every_change_that_is_kept(
        before in any_dossier(), after in any_dossier()
    ) {
        if change(&before, &after).is_empty() {
            let ids: Vec<_> = before.slots.iter().map(DossierSlot::assigned).collect();
            for (at, id) in ids.iter().enumerate().filter(|(_, id)| id.is_some()) {
                if ids.iter().filter(|other| *other == id).count() == 1 {
                    prop_assert_eq!(&after.slots[at].assigned(), id);
                }
            }
            for (market, of) in before.marketplaces.iter().filter(|(_, of)| of.certified.is_some()) {
                prop_assert_eq!(after.marketplaces.get(market), Some(of));
            }
        }
    }

    #[test]
    fn judging_and_showing_are_total_and_agree(dossier in any_dossier(), today in date()) {
        let verdict = judge(&dossier, today);
        let fields = copy_fields(&dossier);
        prop_assert!(fields.is_sorted_by_key(|field| field.step));
        for topic in Topic::ALL {
            let turned = letter(&dossier, *topic).description.contains('\u{202e}');
            prop_assert!(!turned);
        }
        for standing in &verdict.marketplaces {
            for stage in [Stage::Request, Stage::Test, Stage::Certify] {
                let ready = verdict.is_ready(stage, Some(standing.marketplace));
                prop_assert_eq!(standing.is_ready(stage), ready);
                prop_assert!(!verdict.is_ready(stage, None) || ready);
            }
        }
    }

    #[test]
    fn a_preview_keeps_alexas_rules_and_says_what_the_dossier_says(dossier in any_dossier()) {
        let shown = preview(&dossier, Locale::EnUs);
        let twice = shown.broken.iter().all(|broken| broken.rule.starts_with("is another one"));
        prop_assert!(twice, "{:?}", shown.broken);
        let reported = dossier.slots.len() - shown.left_out.len();
        if reported > 0 {
            let arrived = arrivals(shown.json.as_bytes()).unwrap();
            prop_assert_eq!(arrived[0].dossier.slots.len(), reported);
            let mut sent = dossier.slots.iter();
            for came in &arrived[0].dossier.slots {
                let sent = sent.find(|sent| sent.instance == came.instance).unwrap();
                prop_assert_eq!(came.sensor(), sent.sensor());
                prop_assert_eq!(came.assigned(), sent.assigned());
                let kind = |unit: Option<Unit>| unit.map(Unit::measurement);
                prop_assert_eq!(kind(came.unit), kind(sent.unit));
            }
        }
    }

    #[test]
    fn an_id_is_due_on_a_working_day_within_eleven_days(requested in date(), later in 0i64..30) {
        let due = due(requested);
        prop_assert!((7..=11).contains(&(due - requested).num_days()));
        let today = requested + chrono::TimeDelta::days(later);
        let counted = countdown(requested, today);
        prop_assert!(counted.left <= WORKING_DAYS);
        prop_assert_eq!(counted.overdue, today > due);
    }

    #[test]
    fn generated_ids_are_model_ids(name in ".{0,100}", random: [u8; 8]) {
        prop_assert!(is_model_id(&generated_model_id(&name, random)));
    }

    #[test]
    fn a_sensor_of_any_answers_fits_some_unit(left: Option<bool>, used: Option<bool>, run: Option<bool>) {
        if let Decision::Sensor { kind, .. } = decide(Answers { left, used, run }) {
            prop_assert!(kind != SensorKind::None);
            prop_assert!(Unit::ALL.iter().any(|unit| kind.measures(*unit)));
        }
    }
}
