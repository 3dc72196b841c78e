//! `refillctl orders`: what Amazon told of orders and reordering, as the app shows it, also beside the app; and whether
//! something came. JSON: the engine's `OrdersView`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::{Missing, Session};
use clap::{Args, ValueEnum};
use refill_domain::ids::EntryId;
use refill_engine::view::{OrderLine, OrderState, OrdersHeadline, ReorderLine, ReorderState};
use serde_json::json;

const HELP: &str = "\
Examples:
  refillctl orders --json
  refillctl orders --order amzn1.dash.v2.o.1 --came no";

/// Whether it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Came {
    /// It came
    Yes,
    /// It has not come yet
    No,
}

/// What to do about an order.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct OrdersArgs {
    /// The order, by Amazon's name of it
    #[arg(long, value_name = "ORDER", requires = "came")]
    order: Option<String>,
    /// Whether it came, once its day was reached
    #[arg(long, value_name = "WHETHER", requires = "order")]
    came: Option<Came>,
}

/// Prints the orders, or answers whether one came.
pub fn run(args: &OrdersArgs, session: &mut Session) -> Result<(), Failure> {
    if let (Some(order), Some(came)) = (&args.order, args.came) {
        return answer(order, came == Came::Yes, session);
    }
    let household = session.look()?;
    let (say, view) = (session.say(&household), household.orders());
    session.out.show(&view, || {
        let mut lines = vec![headline(&say, &view.headline), String::new()];
        let orders: Vec<Vec<String>> =
            view.open.iter().chain(&view.earlier).map(|order| order_row(&say, order)).collect();
        lines.extend(table(&orders));
        if !view.reorder.is_empty() {
            lines.extend([String::new(), say.word("orders_reorder")]);
            let rows: Vec<Vec<String>> = view.reorder.iter().map(|line| reorder_row(&say, line)).collect();
            lines.extend(table(&rows));
        }
        Ok(lines)
    })
}

fn answer(order: &str, came: bool, session: &mut Session) -> Result<(), Failure> {
    let id = EntryId(session.new_id());
    session.change(Missing::Refuse, |household| {
        let view = household.orders();
        let line = view.open.iter().chain(&view.earlier).find(|line| line.order == order);
        let device = line.map(|line| line.device).ok_or_else(|| {
            Failure::new("order_unknown", "There is no such order. `refillctl orders` lists them.")
        })?;
        Ok(household.answer_arrival(id, device, order, came)?)
    })?;
    let key = if came { "order_answered_came" } else { "order_answered_not" };
    let text = session.say_anyway().word(key);
    session.out.show(&json!({ "order": order, "came": came }), || Ok(vec![text]))
}

fn headline(say: &Say, of: &OrdersHeadline) -> String {
    match of {
        OrdersHeadline::NotLinked {} => say.word("head_orders_not_linked"),
        OrdersHeadline::None {} => say.word("head_orders_none"),
        OrdersHeadline::NothingOpen {} => say.word("head_orders_nothing_open"),
        OrdersHeadline::Question { count, name } => {
            say.count("head_orders_question", *count, &[("name", name)])
        }
        OrdersHeadline::Late { count, name } => say.count("head_orders_late", *count, &[("name", name)]),
        OrdersHeadline::Arrives { day, count, .. } => {
            say.count("head_orders_arrives", *count, &[("day", &say.day(day))])
        }
        OrdersHeadline::UnderWay { count, .. } => say.count("head_orders_under_way", *count, &[]),
    }
}

fn order_row(say: &Say, order: &OrderLine) -> Vec<String> {
    let day = |key: &str, day: &str| say.say(key, &[("day", &say.day(day))]);
    let state = match &order.state {
        OrderState::Requested { silent: true, .. } => say.word("order_silent"),
        OrderState::Requested { silent: false, .. } => say.word("next_order_requested"),
        OrderState::Placed { forgotten: true, .. } => say.word("order_forgotten"),
        OrderState::Placed { expected: Some(at), .. } => day("next_order_expected", at),
        OrderState::Placed { expected: None, .. } => say.word("next_order_placed"),
        OrderState::OnItsWay { due } => day("next_order_arrives", due),
        OrderState::Arrived { question: true, .. } => say.word("order_question"),
        OrderState::Arrived { came: Some(false), .. } => say.word("order_not_come"),
        OrderState::Arrived { came: Some(true), .. } => say.word("order_came"),
        OrderState::Arrived { came: None, .. } => say.word("order_reached"),
        OrderState::Cancelled { .. } => say.word("order_cancelled"),
    };
    let state = if order.test { format!("{}: {state}", say.word("order_test")) } else { state };
    let name = match order.amount {
        Some(amount) => say.say("order_title", &[("name", &order.name), ("amount", &say.amount(amount))]),
        None => order.name.clone(),
    };
    vec![order.order.clone(), name, order.device_name.clone(), state]
}

fn reorder_row(say: &Say, line: &ReorderLine) -> Vec<String> {
    let state = say.word(match line.state {
        ReorderState::On { .. } => "reorder_on",
        ReorderState::Paused { .. } => "reorder_paused",
        ReorderState::NotSetUp {} => "reorder_not_set_up",
        ReorderState::Unregistered { .. } => "reorder_unregistered",
        ReorderState::Untold {} => "reorder_untold",
    });
    vec![line.name.clone(), line.device_name.clone(), state]
}
