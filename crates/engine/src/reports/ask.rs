//! The Reports screen's commands: what this computer keeps is read at once, and the maker's cloud is asked beside the run
//! loop, so that a slow cloud holds up nothing. What can't be asked is told as that.

use super::{Heard, Key, gone, not_parked};
use crate::engine::Engine;
use crate::error::Error;
use crate::link::cloud::Trouble;
use crate::link::door::Door;
use crate::view::{ReportStrip, ReportView, ReportsView, Update};
use refill_domain::alexa::without_token;
use refill_domain::ids::SlotId;
use refill_domain::outbox::{GateState, State};
use serde_json::Value;
use uuid::Uuid;

/// A page is enough: what is older was looked at, or is looked at in the cloud.
pub(crate) async fn heard(door: Option<&Door>) -> Heard {
    let Some(door) = door else { return Heard::Unlinked };
    let server = door.server().to_string();
    let asked = door.ask(|cloud, token| async move { cloud.reports(&token, None).await }).await;
    match asked {
        Ok(page) => Heard::Known { server, page },
        Err(why) => Heard::Unreachable { server, detail: why.to_string() },
    }
}

/// Whatever the cloud sends, no token is shown or copied.
pub(crate) fn hide_tokens(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "token" && member.is_string() {
                    *member = "token hidden".into();
                } else {
                    hide_tokens(member);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(hide_tokens),
        _ => {}
    }
}

fn told(why: Trouble) -> Error {
    match why {
        Trouble::Refused { status: 404, .. } => gone(),
        Trouble::Refused { status: 409, .. } => not_parked(),
        other => other.told(),
    }
}

impl Engine {
    async fn door(&self) -> Result<Option<Door>, Error> {
        self.ask(|opened| opened.door()).await
    }

    /// The Reports screen.
    pub(crate) async fn all_reports(&self) -> Result<ReportsView, Error> {
        let maker = heard(self.door().await?.as_ref()).await;
        self.ask(move |opened| {
            let outward = opened.outward();
            opened.household()?.reports(&outward, &maker)
        })
        .await
    }

    /// One report.
    pub(crate) async fn one_report(&self, key: Key) -> Result<ReportView, Error> {
        let door = self.door().await?;
        let maker = heard(door.as_ref()).await;
        let message = match (key, &door) {
            (Key::Maker(id), Some(door)) => {
                let ask =
                    |cloud: crate::link::cloud::Cloud, token| async move { cloud.report(&token, id).await };
                let mut message = door.ask(ask).await.map_err(told)?.message;
                hide_tokens(&mut message);
                Some(message)
            }
            (Key::Direct(id), _) => {
                let row = self.see(move |household| household.direct_row(&id.into())).await?;
                Some(without_token(&row.report, &row.delivery.id))
            }
            _ => None,
        };
        self.ask(move |opened| {
            let outward = opened.outward();
            opened.household()?.report(key, &outward, &maker, message.as_ref())
        })
        .await
    }

    /// How reporting of one supply goes.
    pub(crate) async fn reports_of(&self, slot: SlotId) -> Result<Option<ReportStrip>, Error> {
        let maker = heard(self.door().await?.as_ref()).await;
        self.ask(move |opened| {
            let outward = opened.outward();
            opened.household()?.reports_of(slot, &outward, &maker)
        })
        .await
    }

    /// Sends a report again, or puts it away.
    pub(crate) async fn settle_report(&self, key: Key, retry: bool) -> Result<(), Error> {
        match key {
            Key::Entry(id) => {
                self.ask(move |opened| {
                    let household = opened.household_mut()?;
                    if retry { household.retry_entry(id) } else { household.discard_entry(id) }
                })
                .await?;
            }
            Key::Maker(id) => self.settle_message(id, retry).await?,
            Key::Direct(id) => {
                self.ask(move |opened| {
                    let household = opened.household_mut()?;
                    let done = household.settle_direct(&id.into(), retry)?;
                    if !done && retry {
                        household.reopen_direct()?;
                    } else if !done {
                        return Err(not_parked());
                    }
                    opened.poke_postman();
                    Ok(())
                })
                .await?;
            }
        }
        // Nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Account {});
        Ok(())
    }

    async fn settle_message(&self, id: Uuid, retry: bool) -> Result<(), Error> {
        let Some(door) = self.door().await? else { return Err(gone()) };
        let whole =
            door.ask(|cloud, token| async move { cloud.report(&token, id).await }).await.map_err(told)?;
        if retry && !matches!(whole.sent.state, State::Parked { .. }) {
            // It waits with its whole account: that is to go on.
            let page = door.ask(|cloud, token| async move { cloud.reports(&token, None).await }).await;
            if matches!(page.map_err(told)?.gate, Some(GateState::Stopped { .. })) {
                let resume = door.ask(|cloud, token| async move { cloud.resume_alexa(&token).await });
                return resume.await.map_err(told);
            }
        }
        let settle = door.ask(|cloud, token| async move { cloud.settle_report(&token, id, retry).await });
        settle.await.map_err(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_that_a_cloud_sends_is_not_shown() {
        let mut message = json!({"event": {
            "endpoint": {"scope": {"type": "BearerToken", "token": "Atza|CANARY"}},
            "payload": {"endpoints": [{"scope": {"token": "Atza|CANARY"}, "token": {"token": "CANARY"}}]},
        }});
        hide_tokens(&mut message);
        let text = message.to_string();
        assert!(!text.contains("CANARY") && text.contains("BearerToken"), "{text}");
    }
}
