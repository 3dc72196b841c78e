//! What the maker's people ask the cloud at the support desk: looks, which change nothing of a customer's, and what
//! administrators do for one, each with a case and a reason.

use super::{ANSWER_MOST, ANSWER_WITHIN, Cloud, Trouble, away, json, judged};
use refill_domain::desk::{AuditPage, Case, Customer, FindBy, FoundPage, Links, NoticeCare, SlotPage};
use refill_domain::ids::SlotId;
use refill_domain::secret::Secret;
use refill_domain::wire::{Change, SentPage, SentWhole};
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A search.
#[derive(Debug, Clone, Serialize)]
pub struct Find {
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// What is looked for by.
    pub by: FindBy,
    /// What is looked for.
    pub text: String,
    /// Where the page begins.
    pub after: Option<String>,
}

impl Cloud {
    /// Finds customers.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn find(&self, token: &Secret, find: &Find) -> Result<FoundPage, Trouble> {
        json(self.ask(Method::POST, "/v1/support/find", token).json(find)).await
    }

    /// One's own cases.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn cases(&self, token: &Secret) -> Result<Vec<Case>, Trouble> {
        json(self.ask(Method::GET, "/v1/support/cases", token)).await
    }

    /// Asks a customer for access.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn ask_access(
        &self,
        token: &Secret,
        customer: Uuid,
        case: &str,
        reason: &str,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/support/customers/{customer}/ask");
        let body = serde_json::json!({"case": case, "reason": reason});
        let request = self.ask(Method::POST, &path, token).json(&body).timeout(ANSWER_WITHIN);
        judged(request.send().await.map_err(away)?).await.map(drop)
    }

    /// Closes one's case with a customer.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn close_case(&self, token: &Secret, customer: Uuid) -> Result<(), Trouble> {
        let request = self.ask(Method::POST, &format!("/v1/support/customers/{customer}/close"), token);
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }

    /// A customer who gave access.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer(&self, token: &Secret, customer: Uuid) -> Result<Customer, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/support/customers/{customer}"), token)).await
    }

    /// How that customer is linked.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_links(&self, token: &Secret, customer: Uuid) -> Result<Links, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/support/customers/{customer}/links"), token)).await
    }

    /// A page of a slot's entries.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_slot(
        &self,
        token: &Secret,
        customer: Uuid,
        slot: SlotId,
        after: Option<&str>,
    ) -> Result<SlotPage, Trouble> {
        let plain = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        let query = match after {
            Some(place) if !plain(&place) => return Err(Trouble::Odd("it names no page".into())),
            Some(place) => format!("?after={place}"),
            None => String::new(),
        };
        let path = format!("/v1/support/customers/{customer}/slots/{slot}/entries{query}");
        json(self.ask(Method::GET, &path, token)).await
    }

    /// Orders, reordering and the link to Alexa of a customer.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_orders(&self, token: &Secret, customer: Uuid) -> Result<Vec<Change>, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/support/customers/{customer}/orders"), token)).await
    }

    /// A page of messages to Alexa about a customer's devices.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_reports(
        &self,
        token: &Secret,
        customer: Uuid,
        before: Option<i64>,
    ) -> Result<SentPage, Trouble> {
        let query = before.map(|place| format!("?before={place}")).unwrap_or_default();
        json(self.ask(Method::GET, &format!("/v1/support/customers/{customer}/reports{query}"), token)).await
    }

    /// One of them, whole.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_report(
        &self,
        token: &Secret,
        customer: Uuid,
        message: Uuid,
    ) -> Result<SentWhole, Trouble> {
        let path = format!("/v1/support/customers/{customer}/reports/{message}");
        json(self.ask(Method::GET, &path, token)).await
    }

    /// Amazon's notifications about a customer's devices.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn customer_notices(&self, token: &Secret, customer: Uuid) -> Result<Vec<NoticeCare>, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/support/customers/{customer}/notices"), token)).await
    }

    /// Does something for a customer: `deed` is the rest of its path, `body` says why.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn act_for(
        &self,
        token: &Secret,
        customer: Uuid,
        deed: &str,
        body: &Value,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/support/customers/{customer}/{deed}");
        let request = self.ask(Method::POST, &path, token).json(body).timeout(ANSWER_MOST);
        judged(request.send().await.map_err(away)?).await.map(drop)
    }

    /// What somebody did, of one customer or of all.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn audit(
        &self,
        token: &Secret,
        who: Uuid,
        customer: Option<Uuid>,
        before: Option<i64>,
    ) -> Result<AuditPage, Trouble> {
        let who = format!("actor={who}");
        let customer = customer.map(|id| format!("customer={id}"));
        let before = before.map(|number| format!("before={number}"));
        let query: Vec<String> = [who].into_iter().chain(customer).chain(before).collect();
        json(self.ask(Method::GET, &format!("/v1/audit?{}", query.join("&")), token)).await
    }
}
