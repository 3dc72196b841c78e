//! The three figures of a supply in words: what the device, the shelf and Amazon say, and what makes each difference.

use super::Say;
use refill_domain::reconcile::Cause;
use refill_engine::view::{AmazonSays, DeviceSays, DifferenceView, FigureView, Reconciliation, StepView};

impl Say {
    /// What each says, with the entries that make a difference on the lines below it.
    pub fn figures(&self, figures: &Reconciliation) -> Vec<(&'static str, Vec<String>)> {
        let device = match &figures.device {
            DeviceSays::Level { figure, difference } => self.figure(figure, difference.as_ref()),
            DeviceSays::Uses { last: Some(at) } => {
                vec![self.say("figure_uses", &[("when", &self.moment(*at))])]
            }
            DeviceSays::Uses { last: None } => vec![self.word("figure_uses_none")],
            DeviceSays::NoNumber { last } => {
                vec![self.say("figure_no_number", &[("when", &self.moment(*last))])]
            }
            DeviceSays::Nothing {} => vec![self.word("figure_nothing")],
            DeviceSays::Unmeasured {} => vec![self.word("figure_unmeasured")],
        };
        let now = self.amount(figures.shelf.now);
        let mut shelf = vec![match &figures.shelf.counted {
            Some(counted) => self.say(
                "figure_counted",
                &[
                    ("amount", &now),
                    ("counted", &self.amount(counted.amount)),
                    ("day", &self.day(&counted.day)),
                ],
            ),
            None => self.say("figure_not_counted", &[("amount", &now)]),
        }];
        shelf.extend(self.steps(figures.shelf.difference.as_ref()));
        let amazon = match &figures.amazon {
            AmazonSays::NotReported {} => vec![self.word("figure_not_reported")],
            AmazonSays::ThroughMaker {} => vec![self.word("figure_through_maker")],
            AmazonSays::Counts { last } => vec![self.say("figure_uses", &[("when", &self.moment(*last))])],
            AmazonSays::Reported { figure, difference, .. } => self.figure(figure, difference.as_ref()),
        };
        vec![("fact_device_says", device), ("fact_on_shelf", shelf), ("fact_amazon", amazon)]
    }

    fn figure(&self, figure: &FigureView, difference: Option<&DifferenceView>) -> Vec<String> {
        let (amount, when) = (self.amount(figure.amount), self.moment(figure.at));
        let mut lines = vec![self.say("figure_said", &[("amount", &amount), ("when", &when)])];
        lines.extend(self.steps(difference));
        lines
    }

    fn steps(&self, difference: Option<&DifferenceView>) -> Vec<String> {
        difference.iter().flat_map(|difference| &difference.steps).map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &StepView) -> String {
        let stated = step.stated.map(|stated| self.amount(stated)).unwrap_or_default();
        let what = match step.cause {
            Cause::Counted {} => self.say("step_counted", &[("amount", &stated)]),
            Cause::Bought {} => self.word("step_bought"),
            Cause::Received {} => self.word("step_received"),
            Cause::Replaced {} => self.word("step_replaced"),
            Cause::TakenOut {} => self.word("step_taken_out"),
            Cause::Read {} => self.word("step_read"),
            Cause::Used { count } => self.count("ledger_uses", count, &[]),
            Cause::Opened { .. } => self.word("step_opened"),
            Cause::Unrecorded {} => self.word("step_unrecorded"),
        };
        let day = step.day.as_ref().map(|day| self.day(day));
        let parts: Vec<String> = [Some(what), day, step.device_name.clone()].into_iter().flatten().collect();
        format!("{}  {}", self.change(step.change), parts.join(", "))
    }
}
