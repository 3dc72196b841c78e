//! Notices on the screen. What is said, and when, is the engine's; here it is shown, and what a person does with it is
//! passed on. Buttons and clicks come back where the notification server reports them: on Linux where it offers
//! actions, on macOS, and on Windows while the toast is on screen. Elsewhere a notice only says what it says.

use crate::links;
use refill_domain::ids::SlotId;
use refill_engine::engine::Engine;
use refill_engine::view::{Notice, NoticeDoes, Place};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_notification::{Action, ActionType, NotificationExt};

/// Notices whose clicks are still understood.
const KEPT: usize = 32;

/// The last notices, by the numbers the system knows them by.
#[derive(Default)]
pub struct Shown(Mutex<(i32, VecDeque<(i32, Notice)>)>);

impl Shown {
    fn add(&self, notice: Notice) -> i32 {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, notices) = &mut *held;
        *last = last.wrapping_add(1);
        notices.push_back((*last, notice));
        if notices.len() > KEPT {
            notices.pop_front();
        }
        *last
    }

    fn get(&self, id: i32) -> Option<Notice> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.1.iter().find(|(of, _)| *of == id).map(|(_, notice)| notice.clone())
    }
}

/// The name of what can be done, as it comes back.
fn name(does: NoticeDoes) -> &'static str {
    match does {
        NoticeDoes::Bought => "bought",
        NoticeDoes::Tomorrow => "tomorrow",
        NoticeDoes::Open => "open",
    }
}

/// What a person did with a notice.
#[derive(Debug, PartialEq, Eq)]
enum Done {
    /// Wants to go there.
    Go(Place),
    /// Wants to be reminded of it tomorrow.
    Remind(SlotId),
}

/// What an action of a notice means; a click on the notice itself is `tap`.
fn meant(notice: &Notice, action: &str) -> Done {
    match (action, notice.slot) {
        ("bought", Some(slot)) => Done::Go(Place::Bought { slot }),
        ("tomorrow", Some(slot)) => Done::Remind(slot),
        _ => Done::Go(notice.place.clone()),
    }
}

/// Passes on what people do with notices.
pub fn listen<R: Runtime>(app: &AppHandle<R>) {
    let at = app.clone();
    let listening = app.notification().on_action(move |performed| {
        let id = performed.notification().map(|notification| notification.id());
        let Some(notice) = id.and_then(|id| at.state::<Shown>().get(id)) else { return };
        match meant(&notice, performed.action_id()) {
            Done::Go(place) => {
                links::opened(&at, None);
                links::go(&at, place);
            }
            Done::Remind(slot) => remind(&at, slot),
        }
    });
    if let Err(cause) = listening {
        tracing::info!(%cause, "notices have no actions here");
    }
}

fn remind<R: Runtime>(app: &AppHandle<R>, slot: SlotId) {
    let engine = app.state::<Engine>().inner().clone();
    #[expect(clippy::disallowed_methods, reason = "ends when the engine has answered")]
    tauri::async_runtime::spawn(async move {
        if let Err(cause) = engine.remind_tomorrow(slot).await {
            tracing::warn!(%cause, "a notice was not put off");
        }
    });
}

/// Shows a notice.
pub fn show<R: Runtime>(app: &AppHandle<R>, notice: &Notice) {
    let notifications = app.notification();
    let mut builder = notifications.builder().title(&notice.title).body(&notice.body);
    if !notice.acts.is_empty() {
        // Its name says what is in it: one of a few kinds, in one of two languages.
        let names: Vec<&str> = notice.acts.iter().map(|act| name(act.does)).collect();
        let kind = names.join("-");
        let acts = notice.acts.iter().map(|act| Action::builder(name(act.does), &act.label).build());
        let known = notifications
            .register_action_types(vec![ActionType::builder(&kind).actions(acts.collect()).build()]);
        if known.is_ok() {
            builder = builder.action_type_id(kind);
        }
    }
    let id = app.state::<Shown>().add(notice.clone());
    if let Err(cause) = builder.id(id).show() {
        tracing::warn!(%cause, "a notice could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_engine::view::NoticeAct;

    fn notice(slot: Option<SlotId>) -> Notice {
        let act = |does| NoticeAct { does, label: "x".into() };
        let acts = vec![act(NoticeDoes::Bought), act(NoticeDoes::Tomorrow)];
        Notice { title: "t".into(), body: "b".into(), place: Place::Supplies {}, slot, acts }
    }

    #[test]
    fn what_people_do_with_notices() {
        let slot: SlotId = "01a1ff27-14dc-7576-a5ce-a29142786fc7".parse().unwrap_or_else(|_| unreachable!());
        let one = notice(Some(slot));
        assert_eq!(meant(&one, "tap"), Done::Go(Place::Supplies {}));
        assert_eq!(meant(&one, "open"), Done::Go(Place::Supplies {}));
        assert_eq!(meant(&one, "bought"), Done::Go(Place::Bought { slot }));
        assert_eq!(meant(&one, "tomorrow"), Done::Remind(slot));
        for odd in ["bought", "tomorrow", "", "quit"] {
            assert_eq!(meant(&notice(None), odd), Done::Go(Place::Supplies {}), "{odd}");
        }
    }

    #[test]
    fn old_notices_are_let_go() {
        let shown = Shown::default();
        let first = shown.add(notice(None));
        let last = (0..KEPT).map(|_| shown.add(notice(None))).last();
        assert_eq!(shown.get(first), None);
        assert!(last.and_then(|id| shown.get(id)).is_some());
    }
}
