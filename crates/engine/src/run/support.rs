//! What the maker's support asks and took, heard beside the run loop: when the feed says that there is something, after every
//! way back to the cloud, and a quarter of an hour after a try that failed. Nothing of it is on disk but what was told.

use super::{Event, Opened, Task};
use crate::link::cloud::{Cloud, Trouble};
use crate::support::Heard;
use crate::view::Update;
use refill_domain::notice::GLASS;
use refill_domain::secret::Secret;

/// Asking, while the household is linked.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// Numbers couriers, so that an answer to one of before is known.
    courier: u64,
    under_way: bool,
    /// Something came up since it was asked.
    again: bool,
    failed: bool,
}

impl Asking {
    /// The link is another, or none.
    pub(super) fn begin(&mut self) {
        *self = Self { courier: self.courier + 1, ..Self::default() };
    }
}

/// Nothing, of a cloud of before.
fn or_none<T: Default>(answer: Result<T, Trouble>) -> Result<T, Trouble> {
    match answer {
        Err(Trouble::Refused { status: 404, .. }) => Ok(T::default()),
        other => other,
    }
}

/// Everything that waits, and of the trail what is new behind a line and not older than a moment.
async fn everything(cloud: Cloud, token: Secret, before: Heard, since: i64) -> Result<Heard, Trouble> {
    let asks = or_none(cloud.access(&token).await)?;
    let mut heard = Heard::of(asks, before, since);
    let (known, mut from) = (heard.upto, None);
    loop {
        let page = match cloud.trail(&token, from).await {
            Err(Trouble::Refused { status: 404, .. }) => break,
            other => other?,
        };
        let last = page.lines.last().map(|line| (line.number, line.at));
        heard.read(page.lines, known, since);
        match last {
            Some((number, at)) if page.more && number > known && at >= since && from != Some(number) => {
                from = Some(number);
            }
            _ => break,
        }
    }
    Ok(heard)
}

impl Opened {
    /// Asks the cloud what support asks and took, unless that is under way.
    pub(crate) fn ask_support(&mut self) {
        if std::mem::replace(&mut self.link.support.under_way, true) {
            self.link.support.again = true;
            return;
        }
        let door = self.door().ok().flatten().filter(|_| self.link.courier.is_some());
        let (Some(door), Ok(household)) = (door, &self.household) else {
            self.link.support.under_way = false;
            return;
        };
        let before = household.linked.support.clone();
        let since = (household.now() - GLASS).timestamp_millis();
        let (events, courier) = (self.events.clone(), self.link.support.courier);
        self.spawn(Task::Support(courier), async move {
            let heard =
                door.ask(|cloud, token| everything(cloud, token, before.clone(), since)).await.map(Box::new);
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::Support(courier, heard)).await;
        });
    }

    /// What the cloud said of support.
    pub(super) fn heard_support(&mut self, courier: u64, heard: Result<Box<Heard>, Trouble>) {
        if courier != self.link.support.courier {
            return;
        }
        self.link.support.under_way = false;
        self.link.support.failed = heard.is_err();
        match heard {
            Ok(heard) => {
                if let Ok(household) = &mut self.household
                    && household.hear_support(*heard)
                {
                    self.tell(Update::Account {});
                }
            }
            Err(why) => tracing::info!(%why, "what support asks is not known for now"),
        }
        if std::mem::take(&mut self.link.support.again) {
            self.ask_support();
        }
    }

    /// The question ended without an answer.
    pub(super) fn lost_support(&mut self, courier: u64) {
        if courier == self.link.support.courier {
            self.link.support.under_way = false;
            self.link.support.failed = true;
        }
    }

    /// Asks again what could not be asked.
    pub(super) fn retry_support(&mut self) {
        if std::mem::take(&mut self.link.support.failed) {
            self.ask_support();
        }
    }
}
