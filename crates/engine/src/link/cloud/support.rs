//! What the maker's support may see, asked and answered by its customer.

use super::{ANSWER_WITHIN, Cloud, Trouble, away, json, judged};
use refill_domain::secret::Secret;
use refill_domain::support::{Access, TrailPage};
use reqwest::Method;
use uuid::Uuid;

/// What the customer says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Access for so many days.
    Give(u32),
    /// None.
    Decline,
    /// No longer.
    Withdraw,
}

impl Cloud {
    /// What the maker's people asked to see, the newest first.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn access(&self, token: &Secret) -> Result<Vec<Access>, Trouble> {
        json(self.ask(Method::GET, "/v1/access", token)).await
    }

    /// A page of what was looked at and done, the newest first; the lines before one, or the latest.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn trail(&self, token: &Secret, before: Option<i64>) -> Result<TrailPage, Trouble> {
        let from = before.map(|number| format!("?before={number}")).unwrap_or_default();
        json(self.ask(Method::GET, &format!("/v1/trail{from}"), token)).await
    }

    /// Answers a request.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn answer_access(&self, token: &Secret, id: Uuid, answer: Answer) -> Result<(), Trouble> {
        let act = match answer {
            Answer::Give(_) => "give",
            Answer::Decline => "decline",
            Answer::Withdraw => "withdraw",
        };
        let request = self.ask(Method::POST, &format!("/v1/access/{id}/{act}"), token);
        let request = match answer {
            Answer::Give(days) => request.json(&serde_json::json!({ "days": days })),
            Answer::Decline | Answer::Withdraw => request,
        };
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }
}
