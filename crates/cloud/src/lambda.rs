//! The skill behind an AWS Lambda function: takes Alexa's directive and has the cloud answer it, so that there is one
//! place that knows customers and one function that answers. Alexa always hears an answer within its eight seconds
//! (protocols 2.2), also when the cloud can't be reached: then the documented error.

use anyhow::ensure;
use refill_domain::alexa::{
    Asked, Directive, ErrorType, MessageId, error_response, grant_refused, read_directive,
};
use serde_json::Value;
use std::time::Duration;
use url::{Host, Url};

/// Leaves Alexa's own share of the eight seconds.
const WITHIN: Duration = Duration::from_secs(7);

/// Answers that are larger than this are none of ours: 300 endpoints fit many times over.
const ANSWER_MAX: usize = 6 * 1024 * 1024;

const UNREACHABLE: &str = "the maker's cloud can't be reached right now";

/// The way to the cloud.
#[derive(Debug, Clone)]
pub struct Skill {
    http: reqwest::Client,
    url: Url,
}

impl Skill {
    /// Directives go to this address, the cloud's `/alexa/directive/{region}`.
    ///
    /// # Errors
    /// The address is not https (or of this computer), or TLS can't be set up.
    pub fn new(url: Url) -> anyhow::Result<Self> {
        let here = matches!(url.host(), Some(Host::Ipv4(ip)) if ip.is_loopback());
        ensure!(url.scheme() == "https" || (url.scheme() == "http" && here), "{url} must be https");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(WITHIN);
        Ok(Self { http: http.build()?, url })
    }

    /// The answer to a directive; `id` names it if it has to be made here.
    pub async fn answer(&self, directive: &Value, id: &MessageId) -> Value {
        match self.ask(directive).await {
            Ok(answer) => answer,
            Err(cause) => {
                tracing::error!(skill.trouble = %format!("{cause:#}"), "The cloud gave no answer");
                trouble(directive, id)
            }
        }
    }

    async fn ask(&self, directive: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(self.url.clone()).json(directive);
        let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
        ensure!(response.status() == reqwest::StatusCode::OK, "it answered {}", response.status());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            ensure!(body.len() + chunk.len() <= ANSWER_MAX, "its answer is too large");
            body.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// The documented error for what was asked.
fn trouble(directive: &Value, id: &MessageId) -> Value {
    let read = serde_json::to_vec(directive).map(|bytes| read_directive(&bytes));
    let fault = |directive: Option<&Directive>| {
        let appliance = directive.and_then(|directive| match &directive.asked {
            Asked::ReportState { appliance, .. } => Some(appliance),
            Asked::Other { appliance, .. } => appliance.as_ref(),
            Asked::Discover { .. } | Asked::AcceptGrant { .. } => None,
        });
        let correlation = directive.and_then(|directive| directive.correlation.as_deref());
        serde_json::to_value(error_response(
            ErrorType::InternalError,
            UNREACHABLE,
            appliance,
            correlation,
            id,
        ))
    };
    let answer = match &read {
        Ok(Ok(Directive { asked: Asked::AcceptGrant { .. }, .. })) => {
            serde_json::to_value(grant_refused(UNREACHABLE, id))
        }
        Ok(Err(bad)) if bad.grant => serde_json::to_value(grant_refused(UNREACHABLE, id)),
        Ok(Ok(directive)) => fault(Some(directive)),
        Ok(Err(_)) | Err(_) => fault(None),
    };
    answer.unwrap_or_default()
}
