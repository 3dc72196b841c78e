//! Support from the customer's side: what the maker's people asked to see is asked of the cloud when somebody looks, beside
//! the run loop, and answered there. Nothing of it is kept here, so that what is shown is what holds.

use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::link::cloud::Trouble;
use crate::link::cloud::support::Answer;
use crate::link::door::Door;
use crate::view::{AccessOpen, AccessRequest, SupportView, TrailEntry, Update};
use refill_domain::alexa::plain_text;
use refill_domain::notice::{About, GLASS, Kind, Matter};
use refill_domain::support::{Access, AccessStanding, Done, TrailLine, visits};
use uuid::Uuid;

/// Days of access at most; the cloud refuses more.
const DAYS_MAX: u32 = 7;

/// Longest text of the cloud's that is shown, in characters.
const TEXT_MAX: usize = 500;

/// Characters of a name, and of a reason, in a notice.
const WHO_MAX: usize = 60;
const WHY_MAX: usize = 160;

/// Visits of the trail that are shown.
const TRAIL_MAX: usize = 500;

/// Lines of the trail that are read for them: one look at a customer is several.
const LINES_MAX: usize = 5000;

/// Text from elsewhere as it can be shown in a line.
pub(crate) fn line(text: &str) -> String {
    plain_text(text, TEXT_MAX)
}

fn request(of: &Access) -> Option<AccessRequest> {
    (of.standing == AccessStanding::Asked).then(|| AccessRequest {
        id: of.id.to_string(),
        who: line(&of.staff),
        case: line(&of.case),
        reason: line(&of.reason),
        at: of.asked_at,
        most_days: DAYS_MAX,
    })
}

fn open(of: &Access) -> Option<AccessOpen> {
    let taken = match of.standing {
        AccessStanding::Given => false,
        AccessStanding::BrokenGlass => true,
        _ => return None,
    };
    Some(AccessOpen {
        id: of.id.to_string(),
        who: line(&of.staff),
        case: line(&of.case),
        reason: line(&of.reason),
        until: of.until?,
        taken,
    })
}

/// A line of the trail, made harmless.
pub(crate) fn entry(of: Done) -> TrailEntry {
    TrailEntry {
        at: of.at,
        who: line(&of.who),
        deed: of.deed,
        case: of.case.as_deref().map(line),
        reason: of.reason.as_deref().map(line),
    }
}

fn known(accesses: &[Access], trail: &[TrailLine]) -> SupportView {
    SupportView::Known {
        requests: accesses.iter().filter_map(request).collect(),
        open: accesses.iter().filter_map(open).collect(),
        trail: visits(trail).into_iter().take(TRAIL_MAX).map(entry).collect(),
    }
}

/// What support asks and took, as it was heard last. It is kept in memory alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Requests that waited then.
    asks: Vec<Access>,
    /// Lines of the trail that say that somebody took access.
    glass: Vec<TrailLine>,
    /// The trail was read up to this line.
    pub(crate) upto: i64,
}

impl Heard {
    /// These requests, and what was read of the trail before.
    pub(crate) fn of(mut asks: Vec<Access>, before: Self, since: i64) -> Self {
        asks.retain(|access| access.standing == AccessStanding::Asked);
        let mut heard = Self { asks, ..before };
        heard.glass.retain(|line| line.at >= since);
        heard
    }

    /// Reads a page of the trail: what is new behind a line, and not older than a moment.
    pub(crate) fn read(&mut self, lines: Vec<TrailLine>, known: i64, since: i64) {
        self.upto = lines.iter().map(|line| line.number).fold(self.upto, i64::max);
        let new = |line: &TrailLine| line.number > known && line.at >= since && line.is_broken_glass();
        self.glass.extend(lines.into_iter().filter(new));
    }
}

impl Household {
    /// Takes in what was heard of support. Whether other requests wait now.
    pub(crate) fn hear_support(&mut self, heard: Heard) -> bool {
        let before = &self.linked.support;
        let (other, asks) = (*before != heard, before.asks != heard.asks);
        if other {
            self.linked.support = heard;
            // There may be something to tell.
            self.revision += 1;
        }
        asks
    }

    /// Requests that wait for an answer.
    pub(crate) fn asking(&self) -> impl Iterator<Item = &Access> {
        let now = self.now().timestamp_millis();
        self.linked.support.asks.iter().filter(move |access| access.until.is_none_or(|until| until > now))
    }

    /// What there is to tell of support.
    pub(crate) fn support_to_tell(&self) -> impl Iterator<Item = Matter> {
        let of = |about, kind, which| Matter { about, kind, which, again: None };
        let since = (self.now() - GLASS).timestamp_millis();
        let asks = self
            .asking()
            .map(move |access| of(About::Asks { access: access.id }, Kind::Asks, access.asked_at));
        let glass = self.linked.support.glass.iter().filter(move |line| line.at >= since);
        asks.chain(glass.map(move |line| of(About::Glass { line: line.number }, Kind::Glass, line.at)))
    }

    /// Who asked or took what a matter is about, under which case, and why.
    pub(crate) fn support_told(&self, about: &About) -> Option<(String, String, String)> {
        let short = |text: &str, most| plain_text(text, most);
        let of = |who: &str, case: &str, why: &str| {
            (short(who, WHO_MAX), short(case, WHO_MAX), short(why, WHY_MAX))
        };
        let Heard { asks, glass, .. } = &self.linked.support;
        match about {
            About::Asks { access } => {
                let access = asks.iter().find(|of| of.id == *access)?;
                Some(of(&access.staff, &access.case, &access.reason))
            }
            About::Glass { line } => {
                let line = glass.iter().find(|of| of.number == *line)?;
                let text = |of: &Option<String>| of.clone().unwrap_or_default();
                Some(of(&line.who, &text(&line.case), &text(&line.reason)))
            }
            _ => None,
        }
    }
}

/// The trail, the newest first.
async fn trail(door: &Door) -> Result<Vec<TrailLine>, Trouble> {
    let (mut lines, mut before) = (Vec::<TrailLine>::new(), None);
    loop {
        let page = door.ask(|cloud, token| async move { cloud.trail(&token, before).await }).await?;
        let last = page.lines.last().map(|line| line.number);
        lines.extend(page.lines);
        // A cloud that says the same page again would be asked for ever.
        if !page.more || last.is_none() || last == before || lines.len() >= LINES_MAX {
            return Ok(lines);
        }
        before = last;
    }
}

fn told(why: Trouble) -> Error {
    match why {
        Trouble::Refused { status: 404 | 409, .. } => {
            let message = "This was answered already, or its time is over. Look again.";
            Error::new(Code::Refused, message).caused_by(why)
        }
        other => other.told(),
    }
}

impl Engine {
    /// What the maker's support asked to see, may see, and did.
    pub(crate) async fn all_support(&self) -> Result<SupportView, Error> {
        let Some(door) = self.ask(|opened| opened.door()).await? else { return Ok(SupportView::Absent {}) };
        let asked = async {
            let accesses = door.ask(|cloud, token| async move { cloud.access(&token).await }).await?;
            Ok(known(&accesses, &trail(&door).await?))
        };
        Ok(match asked.await {
            Ok(view) => view,
            // A cloud of before.
            Err(Trouble::Refused { status: 404, .. }) => SupportView::Absent {},
            Err::<_, Trouble>(_) => SupportView::Away {},
        })
    }

    /// Answers what was asked.
    pub(crate) async fn answer_support(&self, id: &str, answer: Answer) -> Result<(), Error> {
        let gone = || Error::new(Code::Refused, "There is no such request.");
        let id: Uuid = id.parse().map_err(|_| gone())?;
        if let Answer::Give(days) = answer
            && !(1..=DAYS_MAX).contains(&days)
        {
            return Err(Error::new(Code::BadField, "Give access for 1 to 7 days.").at("days"));
        }
        let door = self.ask(|opened| opened.door()).await?.ok_or_else(gone)?;
        let done =
            door.ask(|cloud, token| async move { cloud.answer_access(&token, id, answer).await }).await;
        // Whatever came of it, what is shown may be out of date. Nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Account {});
        self.ask(|opened| {
            opened.ask_support();
            Ok(())
        })
        .await?;
        done.map_err(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::support::{Deed, Looked};
    use serde_json::json;

    #[test]
    fn what_the_cloud_says_is_sorted_and_made_harmless() {
        let access = |number: u128, standing: &str, staff: &str| -> Access {
            serde_json::from_value(json!({"id": Uuid::from_u128(number), "staff": staff, "case": "SUP-1",
                "reason": "x".repeat(2000), "asked_at": 5, "standing": standing, "from": 6, "until": 7}))
            .unwrap()
        };
        let all = [
            access(1, "asked", "Tom\u{202e}elaH\n"),
            access(2, "given", "Ada"),
            access(3, "broken_glass", "Eve"),
            access(4, "ended", "Old"),
            access(5, "pondered", "New"),
        ];
        let trail: TrailLine = serde_json::from_value(
            json!({"number": 1, "at": 9, "who": "Ada", "role": "staff", "action": "see_devices"}),
        )
        .unwrap();
        let SupportView::Known { requests, open, trail } = known(&all, &[trail]) else { panic!() };
        assert_eq!((requests.len(), requests[0].who.as_str()), (1, "TomelaH"));
        assert_eq!(requests[0].reason.len(), TEXT_MAX);
        let may: Vec<(&str, bool)> = open.iter().map(|of| (of.who.as_str(), of.taken)).collect();
        assert_eq!(may, [("Ada", false), ("Eve", true)]);
        assert_eq!(trail[0].deed, Deed::Looked { parts: vec![Looked::Devices] });
    }
}
