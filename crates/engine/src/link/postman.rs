//! The postman: the one task that carries messages straight to Alexa's event gateway. It keeps nothing and decides nothing:
//! the run loop notes a message as under way before it hands it out, and is told what came back before it hands out the
//! next. So it may be stopped anywhere.

use crate::clock::Clock;
use chrono::{DateTime, Utc};
use refill_domain::alexa::MessageId;
use refill_domain::gateway::Heard;
use refill_domain::secret::Secret;
use refill_gateway::Gateway;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use url::Url;

/// What the postman brings back, and asks for the next thing with.
#[derive(Debug)]
pub enum Note {
    /// Nothing: what is next?
    Next,
    /// What came of a message.
    Came(MessageId, Heard),
    /// What the token endpoint said.
    Token(Heard),
}

/// What is to be done. Holds tokens, so it is not printed.
pub enum Work {
    /// Carry this.
    Send {
        /// Which.
        id: MessageId,
        /// Where to.
        url: Url,
        /// With this token.
        token: Secret,
        /// The message.
        body: Vec<u8>,
    },
    /// Ask the token endpoint.
    Renew {
        /// Where.
        url: Url,
        /// What.
        form: Secret,
    },
    /// Nothing before then, unless somebody wakes it.
    Until(DateTime<Utc>),
    /// Nothing until somebody wakes it.
    Rest,
}

/// A note at the desk of the run loop, which answers it with the next thing to do.
pub type Counter = mpsc::Sender<(Note, oneshot::Sender<Work>)>;

/// The postman.
pub struct Postman {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whom it serves.
    pub counter: Counter,
    /// Something was queued, or may go on.
    pub wake: Arc<Notify>,
    /// How long Amazon may take to answer.
    pub within: Duration,
}

impl Postman {
    /// Goes to and fro until the way is turned off or the household is closed.
    pub async fn run(self) {
        let Ok(gateway) = Gateway::new(self.within) else { return };
        let mut note = Note::Next;
        loop {
            let (answer, answered) = oneshot::channel();
            if self.counter.send((note, answer)).await.is_err() {
                return;
            }
            let Ok(work) = answered.await else { return };
            note = match work {
                Work::Send { id, url, token, body } => {
                    let heard = gateway.event(url, &token, body).await;
                    Note::Came(id, heard)
                }
                Work::Renew { url, form } => Note::Token(gateway.token(url, &form).await),
                Work::Until(at) => {
                    tokio::select! {
                        () = self.clock.sleep_until(at) => {}
                        () = self.wake.notified() => {}
                    }
                    Note::Next
                }
                Work::Rest => {
                    self.wake.notified().await;
                    Note::Next
                }
            };
        }
    }
}
