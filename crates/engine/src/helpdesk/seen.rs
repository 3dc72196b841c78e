//! What is looked at of a customer who gave access. Each look asks the cloud, which writes it down before it answers; what it
//! answered is kept in memory for as long as it is on the screen, so that a chart can be drawn again without another look.

use super::mirror::Mirror;
use super::session::Session;
use super::shown::{customer_view, notice};
use super::{customer_id, told};
use crate::chart::Chart;
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::form::ChartForm;
use crate::link::cloud::{Cloud, Trouble};
use crate::reports::{self, Key};
use crate::view::{CustomerView, DeskNotice, DeskReport, DeskReports, DeskSupply, LedgerLine};
use refill_domain::desk::Customer;
use refill_domain::ids::SlotId;
use refill_domain::ledger::Entry;
use refill_domain::secret::Secret;
use refill_domain::wire::Change;
use std::sync::Arc;
use uuid::Uuid;

/// Entries of one supply that are looked at, at most.
const ENTRIES_MAX: usize = 200_000;

/// Looks at what was opened last, beside the run loop: a long history takes a while.
async fn beside<T: Send + 'static>(
    session: Arc<Session>,
    look: impl FnOnce(&mut Option<Mirror>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let look = tokio::task::spawn_blocking(move || look(&mut session.mirror()));
    look.await.map_err(anyhow::Error::from)?
}

fn shut() -> Error {
    Error::new(Code::Refused, "This customer is not open any more. Open them again.")
}

fn too_many() -> Error {
    let message =
        format!("This supply has more than {ENTRIES_MAX} entries, which is more than the desk shows.");
    Error::new(Code::Refused, message)
}

/// All entries of a slot, page by page; none where there are too many.
async fn entries(
    cloud: Cloud,
    token: Secret,
    customer: Uuid,
    slot: SlotId,
) -> Result<Option<Vec<Entry>>, Trouble> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = cloud.customer_slot(&token, customer, slot, after.as_deref()).await?;
        let empty = page.entries.is_empty();
        all.extend(page.entries);
        if all.len() > ENTRIES_MAX {
            return Ok(None);
        }
        match page.next {
            // A page without entries that says that more follow would never end.
            Some(next) if !empty => after = Some(next),
            _ => return Ok(Some(all)),
        }
    }
}

impl Engine {
    fn desk_session(&self) -> Result<Arc<Session>, Error> {
        self.helpdesk.session().ok_or_else(super::nobody)
    }

    /// What the cloud says of a customer and their orders.
    async fn desk_facts(&self, id: Uuid) -> Result<(Customer, Vec<Change>), Error> {
        let seen = self.desk_ask(|cloud, token| async move { cloud.customer(&token, id).await }).await?;
        let orders =
            self.desk_ask(|cloud, token| async move { cloud.customer_orders(&token, id).await }).await?;
        Ok((seen, orders))
    }

    /// Fills a household in memory with what the cloud said of a customer, looks at it, and keeps it open if all went well.
    async fn desk_open<T: Send + 'static>(
        &self,
        session: Arc<Session>,
        id: Uuid,
        (seen, orders): (Customer, Vec<Change>),
        look: impl FnOnce(&mut Mirror) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let settings = self.see(|household| Ok(household.settings().clone())).await?;
        let clock = Arc::clone(&self.config.clock);
        beside(session, move |open| {
            let mut mirror = Mirror::of(clock, settings, id, seen, orders)?;
            let answer = look(&mut mirror)?;
            *open = Some(mirror);
            Ok(answer)
        })
        .await
    }

    pub(crate) async fn desk_see(&self, customer: &str) -> Result<CustomerView, Error> {
        let id = customer_id(customer)?;
        let session = self.desk_session()?;
        // Whatever was open is not, once somebody else is opened, or access has ended.
        *session.mirror() = None;
        let facts = self.desk_facts(id).await?;
        let links =
            self.desk_ask(|cloud, token| async move { cloud.customer_links(&token, id).await }).await?;
        let cases = self.desk_ask(|cloud, token| async move { cloud.cases(&token).await }).await?;
        let who = session.who();
        let ask = |cloud: Cloud, token| async move { cloud.audit(&token, who, Some(id), None).await };
        let own = self.desk_ask(ask).await?;
        let seen = facts.0.clone();
        let look = move |mirror: &mut Mirror| Ok(customer_view(&seen, mirror, &links, &cases, own));
        self.desk_open(session, id, facts, look).await
    }

    /// A supply of a customer's. `fresh` asks the cloud; otherwise older lines are shown of what it said before.
    pub(crate) async fn desk_look_at(
        &self,
        customer: &str,
        slot: SlotId,
        lines: u32,
        fresh: bool,
    ) -> Result<DeskSupply, Error> {
        let id = customer_id(customer)?;
        let session = self.desk_session()?;
        let held = session.mirror().as_ref().is_some_and(|open| open.holds(id, slot));
        if held && !fresh {
            return beside(session, move |open| open.as_ref().ok_or_else(shut)?.supply(slot, lines)).await;
        }
        let facts = self.desk_facts(id).await?;
        let told =
            self.desk_ask(|cloud, token| entries(cloud, token, id, slot)).await?.ok_or_else(too_many)?;
        let look =
            move |mirror: &mut Mirror| mirror.fill(slot, told).and_then(|()| mirror.supply(slot, lines));
        self.desk_open(session, id, facts, look).await
    }

    /// Looks at what was asked of the cloud before; what was not is no longer open.
    async fn desk_again<T: Send + 'static>(
        &self,
        customer: &str,
        slot: SlotId,
        look: impl FnOnce(&Mirror) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let id = customer_id(customer)?;
        beside(self.desk_session()?, move |open| {
            look(open.as_ref().filter(|open| open.holds(id, slot)).ok_or_else(shut)?)
        })
        .await
    }

    pub(crate) async fn desk_draw(&self, customer: &str, form: ChartForm) -> Result<Chart, Error> {
        self.desk_again(customer, form.slot, move |mirror| mirror.chart(&form)).await
    }

    pub(crate) async fn desk_members(
        &self,
        customer: &str,
        slot: SlotId,
        from: i64,
        to: i64,
    ) -> Result<Vec<LedgerLine>, Error> {
        self.desk_again(customer, slot, move |mirror| mirror.run(slot, from, to)).await
    }

    /// The names of a customer's things; asked of the cloud where they are not known.
    async fn desk_named(&self, id: Uuid, session: &Arc<Session>) -> Result<(), Error> {
        if session.mirror().as_ref().is_some_and(|open| open.customer == id) {
            return Ok(());
        }
        let facts = self.desk_facts(id).await?;
        self.desk_open(Arc::clone(session), id, facts, |_| Ok(())).await
    }

    pub(crate) async fn desk_messages(
        &self,
        customer: &str,
        before: Option<i64>,
    ) -> Result<DeskReports, Error> {
        let id = customer_id(customer)?;
        let session = self.desk_session()?;
        self.desk_named(id, &session).await?;
        let ask = |cloud: Cloud, token| async move { cloud.customer_reports(&token, id, before).await };
        let page = self.desk_ask(ask).await?;
        let server = session.server();
        beside(session, move |open| open.as_ref().ok_or_else(shut)?.reports(server, page)).await
    }

    pub(crate) async fn desk_message(&self, customer: &str, key: &str) -> Result<DeskReport, Error> {
        let id = customer_id(customer)?;
        let key: Key = key.parse()?;
        let Key::Maker(message) = key else { return Err(reports::gone()) };
        let session = self.desk_session()?;
        self.desk_named(id, &session).await?;
        let ask = |cloud: Cloud, token| async move { cloud.customer_report(&token, id, message).await };
        let whole = self.desk_try(ask).await?.map_err(|why| match why {
            // With access, what is not there is the message: it was let go of.
            Trouble::Refused { status: 404, .. } => reports::gone().caused_by(why),
            other => told(other),
        })?;
        let server = session.server();
        beside(session, move |open| open.as_ref().ok_or_else(shut)?.report(server, key, whole)).await
    }

    pub(crate) async fn desk_notifications(&self, customer: &str) -> Result<Vec<DeskNotice>, Error> {
        let id = customer_id(customer)?;
        let session = self.desk_session()?;
        self.desk_named(id, &session).await?;
        let ask = |cloud: Cloud, token| async move { cloud.customer_notices(&token, id).await };
        let all = self.desk_ask(ask).await?;
        beside(session, move |open| {
            let mirror = open.as_ref().ok_or_else(shut)?;
            Ok(all.iter().map(|of| notice(of, mirror)).collect())
        })
        .await
    }
}
