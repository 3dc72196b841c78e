//! Questions to the cloud on behalf of a person: linking with Alexa and turning it off. The courier asks them, because it
//! holds the tokens; what the answers change comes back as a change of the account. An address that is to be opened in
//! the browser is believed only if it is Amazon's own.

use super::Opened;
use crate::error::{Code, Error};
use crate::link::courier::{NoAnswer, Question};
use crate::link::server::Server;
use crate::view::{AlexaBegun, AlexaEnded};
use refill_domain::enablement::may_open;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::oneshot;

/// Where the answer to a question comes.
pub type Asked = oneshot::Receiver<Result<Value, NoAnswer>>;

fn ended_link() -> Error {
    Error::new(Code::Refused, "The link with the maker has ended. Link again first.")
}

fn away() -> Error {
    Error::new(Code::Unreachable, "The maker's cloud can't be reached. Try again later.")
}

impl Opened {
    /// Has the courier ask the cloud.
    ///
    /// # Errors
    /// Nothing is linked, or too much is asked already.
    pub fn question(&self, method: Method, path: &'static str) -> Result<(Server, Asked), Error> {
        let link = self.household()?.link();
        let link = link.ok_or_else(|| Error::new(Code::BadField, "No account is linked."))?;
        let server = Server::read(&link.server)?;
        let courier = self.link.courier.as_ref().ok_or_else(ended_link)?;
        let (answer, asked) = oneshot::channel();
        courier.questions.try_send(Question { method, path, answer }).map_err(|_| away())?;
        Ok((server, asked))
    }
}

/// Waits for an answer.
///
/// # Errors
/// Why there is none, for people.
pub async fn answer(asked: Asked) -> Result<Value, Error> {
    match asked.await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(NoAnswer::Ended)) | Err(_) => Err(ended_link()),
        Ok(Err(why @ NoAnswer::Away(_))) => Err(away().caused_by(why)),
        Ok(Err(NoAnswer::Refused { detail, .. })) => {
            let words = if detail.is_empty() { "The maker's cloud refused.".to_owned() } else { detail };
            Err(Error::new(Code::Refused, words))
        }
    }
}

fn odd(why: impl Into<anyhow::Error>) -> Error {
    Error::new(Code::BadAnswer, "The maker's cloud answers what can't be understood.").caused_by(why)
}

/// The page that is to be opened in the browser.
///
/// # Errors
/// The answer is none, or its address is not Amazon's.
pub fn begun(server: &Server, said: Value) -> Result<AlexaBegun, Error> {
    let begun: AlexaBegun = serde_json::from_value(said).map_err(odd)?;
    if !may_open(&begun.url, server.is_here()) {
        return Err(odd(anyhow::anyhow!("The address to sign in at is not Amazon's")));
    }
    Ok(begun)
}

/// What turning off came to.
///
/// # Errors
/// The answer is none.
pub fn ended(said: Value) -> Result<AlexaEnded, Error> {
    serde_json::from_value(said).map_err(odd)
}
