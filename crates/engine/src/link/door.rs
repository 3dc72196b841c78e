//! Questions to the maker's cloud that a screen asks while the household is linked: with the courier's token, which alone
//! renews it. Where the courier can't give one within seconds, the cloud counts as away.

use super::cloud::{Cloud, Trouble};
use super::server::Server;
use refill_domain::secret::Secret;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How long the courier may take to give a token.
const WITHIN: Duration = Duration::from_secs(10);

/// A wish for a good access token.
#[derive(Debug)]
pub struct Wanted {
    /// The last one was refused.
    pub renew: bool,
    /// Where it goes; dropped when there is none now.
    pub answer: oneshot::Sender<Secret>,
}

/// The way to the cloud for questions.
#[derive(Debug, Clone)]
pub struct Door {
    server: Server,
    courier: Option<mpsc::Sender<Wanted>>,
}

impl Door {
    /// To a server, by a courier if there is one.
    pub fn new(server: Server, courier: Option<mpsc::Sender<Wanted>>) -> Self {
        Self { server, courier }
    }

    /// Whose.
    pub fn server(&self) -> &Server {
        &self.server
    }

    async fn token(&self, renew: bool) -> Result<Secret, Trouble> {
        let away = || Trouble::Odd("there is no connection now".into());
        let courier = self.courier.as_ref().ok_or_else(away)?;
        let (answer, answered) = oneshot::channel();
        let asked = async {
            courier.send(Wanted { renew, answer }).await.ok()?;
            answered.await.ok()
        };
        tokio::time::timeout(WITHIN, asked).await.ok().flatten().ok_or_else(away)
    }

    /// Asks; with a fresh token once more if the first is refused.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn ask<T, F: Future<Output = Result<T, Trouble>>>(
        &self,
        question: impl Fn(Cloud, Secret) -> F,
    ) -> Result<T, Trouble> {
        let cloud = Cloud::new(self.server.clone()).map_err(|why| Trouble::Odd(why.to_string()))?;
        match question(cloud.clone(), self.token(false).await?).await {
            Err(Trouble::Token) => question(cloud, self.token(true).await?).await,
            other => other,
        }
    }
}
