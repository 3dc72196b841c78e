//! Use over time as a person sees it: weeks of the region, what is not known said so, prices charged once and never
//! added across currencies, supplies of one sort added up and of different kinds never.

use crate::home::{Home, by_hand, typed};
use chrono::{NaiveDate, TimeDelta};
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::measure::{Amount, Unit};
use refill_domain::usage::By;
use refill_engine::api::Api;
use refill_engine::clock::Clock;
use refill_engine::error::Code;
use refill_engine::form::{AddDeviceForm, UsageChartForm, UsageForm, What};
use refill_engine::view::{Settings, UsageSlot, UsageView};

fn weekly() -> UsageForm {
    UsageForm { by: By::Week, from: None, to: None, device: None, slot: None }
}

fn date(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn paid(packs: &str, price: Option<&str>, currency: Option<&str>) -> What {
    let (price, currency) = (price.map(Into::into), currency.map(Into::into));
    What::Bought { packs: packs.into(), content: None, asin: None, price, currency, shop: None }
}

fn all_counted(pieces: i64) -> What {
    What::Counted {
        level: Some(typed(&pieces.to_string(), Unit::Count)),
        shelf: Some(typed("0", Unit::Count)),
    }
}

/// Pods bought and counted on Saturday 21 November at ten, then two a day counted every day for twenty days.
async fn pods() -> (Home, SlotId) {
    let home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("40"));
    let (_, pods) = home.add(DeviceKind::CoffeeMachine, pods).await;
    home.record(pods, paid("1", Some("10.00"), None)).await.unwrap();
    home.record(pods, paid("1", Some("8.00"), Some("EUR"))).await.unwrap();
    home.record(pods, all_counted(80)).await.unwrap();
    for day in 1..=20 {
        home.clock.advance(TimeDelta::days(1));
        home.record(pods, all_counted(80 - 2 * day)).await.unwrap();
    }
    (home, pods)
}

fn only(view: &UsageView) -> &UsageSlot {
    assert_eq!(view.devices.len(), 1);
    assert_eq!(view.devices[0].slots.len(), 1);
    &view.devices[0].slots[0]
}

#[tokio::test]
async fn weeks_say_what_was_used_what_it_cost_and_what_is_not_known() {
    let (home, _) = pods().await;
    // Friday 11 December.
    let view = home.engine.usage(weekly()).await.unwrap();
    assert_eq!(view.spans.len(), 12);
    assert_eq!(view.spans[11].first, "2026-12-07");
    assert!(view.spans[11].running && !view.spans[10].running);
    let slot = only(&view);
    let told: Vec<_> = slot
        .each
        .iter()
        .map(|used| (used.amount.map(|amount| amount.milli), used.observed_days, used.whole))
        .collect();
    assert_eq!(told[..8], [(None, 0, false); 8]);
    assert_eq!(
        told[8..],
        // Saturday and Sunday; two full weeks; Monday to Friday so far.
        [(Some(3_166), 2, false), (Some(14_000), 7, true), (Some(14_000), 7, true), (Some(8_834), 5, false)]
    );
    let mean = slot.mean.clone().unwrap();
    assert_eq!((mean.amount, mean.spans), (Amount::whole(14, Unit::Count), 2));
    assert_eq!(slot.total.amount, Some(Amount::whole(40, Unit::Count)), "spread to the day, none lost");
    // Forty pods are the first pack, to the penny; the second is not touched.
    assert_eq!(slot.total.cost.len(), 1);
    assert_eq!((slot.total.cost[0].milli, slot.total.cost[0].currency.as_str()), (10_000, "GBP"));
    assert_eq!(slot.total.unpriced, None);
    home.end().await;
}

#[tokio::test]
async fn currencies_stand_side_by_side_and_unknown_prices_are_told() {
    let (home, pods) = pods().await;
    home.clock.advance(TimeDelta::days(1));
    home.record(pods, all_counted(30)).await.unwrap();
    home.record(pods, paid("1", None, None)).await.unwrap();
    home.clock.advance(TimeDelta::days(1));
    home.record(pods, all_counted(20)).await.unwrap();
    let view = home.engine.usage(weekly()).await.unwrap();
    let total = &only(&view).total;
    let costs: Vec<_> = total.cost.iter().map(|p| (p.milli, p.currency.as_str())).collect();
    assert_eq!(costs, [(8_000, "EUR"), (10_000, "GBP")]);
    assert_eq!(total.unpriced, Some(Amount::whole(20, Unit::Count)));
    let (device, all) = (&view.devices[0].cost, &view.cost);
    assert_eq!(device, all);
    assert_eq!(all.total.sums, total.cost);
    assert!(all.total.incomplete && !all.each[9].incomplete);
    home.end().await;
}

#[tokio::test]
async fn weeks_begin_where_the_person_is_and_months_are_months() {
    let (home, pods) = pods().await;
    let settings = Settings { locale: "en-US".into(), ..home_settings(&home).await };
    home.engine.set_settings(settings).await.unwrap();
    let view = home.engine.usage(weekly()).await.unwrap();
    assert_eq!((view.spans[11].first.as_str(), view.spans[11].last.as_str()), ("2026-12-06", "2026-12-12"));
    let form = UsageForm { by: By::Month, from: date("2026-11-30"), slot: Some(pods), ..weekly() };
    let view = home.engine.usage(form).await.unwrap();
    let spans: Vec<_> = view.spans.iter().map(|span| (span.first.as_str(), span.last.as_str())).collect();
    assert_eq!(spans, [("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")]);
    let used: Vec<_> = only(&view).each.iter().map(|used| used.amount.unwrap().milli).collect();
    assert_eq!(used.iter().sum::<i64>(), 40_000);
    home.end().await;
}

async fn home_settings(home: &Home) -> Settings {
    match home.engine.state().await.unwrap() {
        refill_engine::view::AppState::Ready { settings, .. } => settings,
        refill_engine::view::AppState::Closed { .. } => panic!("it is open"),
    }
}

#[tokio::test]
async fn supplies_of_one_sort_are_added_in_the_unit_of_the_first_and_others_not() {
    let home = Home::new().await;
    let named = |name: &str, supply, unit, full| by_hand(name, supply, unit, Some(full));
    let form = AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Washing machine".into(),
        kind: DeviceKind::WashingMachine,
        model: None,
        location: None,
        address: None,
        slots: vec![
            named("Detergent", SupplyKind::Detergent, Unit::Milliliter, "1500"),
            named("Softener", SupplyKind::Detergent, Unit::Liter, "1"),
            named("Powder", SupplyKind::Detergent, Unit::Gram, "900"),
            named("Filter", SupplyKind::Filter, Unit::Count, "1"),
        ],
    };
    let device = home.engine.add_device(form).await.unwrap();
    let slots: Vec<SlotId> =
        home.engine.device(device).await.unwrap().rows.iter().map(|row| row.slot).collect();
    let named = async |name: &str| home.slot_named(name).await;
    let count =
        |text: &str, unit| What::Counted { level: Some(typed(text, unit)), shelf: Some(typed("0", unit)) };
    assert_eq!(slots.len(), 4);
    for (name, unit, before) in [
        ("Detergent", Unit::Milliliter, "1000"),
        ("Softener", Unit::Liter, "1"),
        ("Powder", Unit::Gram, "500"),
    ] {
        home.record(named(name).await, count(before, unit)).await.unwrap();
    }
    home.clock.advance(TimeDelta::hours(1));
    for (name, unit, after) in [
        ("Detergent", Unit::Milliliter, "750"),
        ("Softener", Unit::Liter, "0.9"),
        ("Powder", Unit::Gram, "450"),
    ] {
        home.record(named(name).await, count(after, unit)).await.unwrap();
    }
    let view = home.engine.usage(UsageForm { device: Some(device), ..weekly() }).await.unwrap();
    let sums = &view.devices[0].sums;
    assert_eq!(sums.len(), 1, "powder is another kind, a filter another sort");
    assert_eq!(sums[0].slots.len(), 2);
    let first = view.devices[0].slots.iter().find(|slot| slot.slot == sums[0].slots[0]).unwrap();
    let sum = sums[0].total.amount.unwrap();
    assert_eq!(sum.unit, first.unit);
    assert_eq!(sum.to(Unit::Milliliter).unwrap(), Amount::whole(350, Unit::Milliliter));
    home.end().await;
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_at_its_field() {
    let (home, pods) = pods().await;
    let refused = async |form: UsageForm| {
        let error = home.engine.usage(form).await.unwrap_err();
        (error.code, error.field)
    };
    let at = |field: &str| (Code::BadDate, Some(field.to_owned()));
    assert_eq!(refused(UsageForm { to: date("2026-12-14"), ..weekly() }).await, at("to"));
    assert_eq!(
        refused(UsageForm { from: date("2026-12-02"), to: date("2026-12-01"), ..weekly() }).await,
        at("from")
    );
    assert_eq!(refused(UsageForm { from: date("1990-01-01"), ..weekly() }).await, at("from"));
    assert_eq!(
        refused(UsageForm { from: Some(NaiveDate::MIN), to: Some(NaiveDate::MIN), ..weekly() }).await,
        at("from")
    );
    // A day of this week that is still to come is this week.
    home.engine.usage(UsageForm { to: date("2026-12-13"), ..weekly() }).await.unwrap();
    let gone = SlotId(home.clock.new_id());
    assert_eq!(refused(UsageForm { slot: Some(gone), ..weekly() }).await.0, Code::SlotUnknown);
    let gone = EndpointId(home.clock.new_id());
    assert_eq!(refused(UsageForm { device: Some(gone), ..weekly() }).await.0, Code::DeviceUnknown);
    let form = UsageChartForm {
        slot: pods,
        by: By::Week,
        from: None,
        to: None,
        width: f64::NAN,
        height: -1.0,
        scale: f64::INFINITY,
    };
    let chart = home.engine.usage_chart(form).await.unwrap();
    assert_eq!(chart.points.len(), 12);
    assert!(chart.width.is_finite() && chart.height.is_finite() && !chart.svg.contains("NaN"));
    home.end().await;
}

#[tokio::test]
async fn the_bars_say_what_the_table_says() {
    let (home, pods) = pods().await;
    let form =
        |by| UsageChartForm { slot: pods, by, from: None, to: None, width: 640.0, height: 240.0, scale: 1.0 };
    let chart = home.engine.usage_chart(form(By::Week)).await.unwrap();
    let last = &chart.points[11].text;
    assert_eq!(last.replace('\u{a0}', " "), "7–13 Dec\n9 used\nSo far\nCost £2.21");
    assert_eq!(
        chart.points[8].text.replace('\u{a0}', " "),
        "16–22 Nov\n3 used\n2 of 7 days observed\nCost £0.79"
    );
    assert_eq!(chart.points[7].text.lines().nth(1), Some("not known"));
    let count = |class: &str| chart.svg.matches(&format!("class=\"{class}\"")).count();
    assert_eq!((count("c-bar"), count("c-bar-part"), count("c-likely")), (2, 2, 1));
    assert!(chart.svg.contains("Coffee pods, use by week") && chart.svg.contains("(2): 14."));
    let months = home.engine.usage_chart(form(By::Month)).await.unwrap();
    assert!(months.points[11].text.starts_with("December\u{a0}2026\n"), "{}", months.points[11].text);
    home.end().await;
}

#[tokio::test]
async fn the_units_of_the_other_side_are_drawn_where_they_are_wanted() {
    let home = Home::new().await;
    let detergent = by_hand("Detergent", SupplyKind::Detergent, Unit::Milliliter, Some("1500"));
    let (_, detergent) = home.add(DeviceKind::WashingMachine, detergent).await;
    let count = |text: &str| What::Counted {
        level: Some(typed(text, Unit::Milliliter)),
        shelf: Some(typed("0", Unit::Milliliter)),
    };
    home.record(detergent, count("1000")).await.unwrap();
    home.clock.advance(TimeDelta::hours(1));
    home.record(detergent, count("700")).await.unwrap();
    let drawn = async |units: &str, locale: &str| {
        let settings = Settings { units: units.into(), locale: locale.into(), ..home_settings(&home).await };
        home.engine.set_settings(settings).await.unwrap();
        let form = UsageChartForm {
            slot: detergent,
            by: By::Month,
            from: None,
            to: None,
            width: 640.0,
            height: 240.0,
            scale: 1.0,
        };
        let text = home.engine.usage_chart(form).await.unwrap().points[11].text.replace('\u{a0}', " ");
        text.lines().nth(1).unwrap().to_owned()
    };
    for (units, locale, wanted) in [
        ("region", "en-GB", "300 ml used"),
        ("us", "en-GB", "10.1 fl oz used"),
        ("region", "en-US", "10.1 fl oz used"),
        ("metric", "es-US", "300 ml used"),
        ("metric", "de-DE", "300 ml used"),
    ] {
        assert_eq!(drawn(units, locale).await, wanted, "{units} in {locale}");
    }
    home.end().await;
}
