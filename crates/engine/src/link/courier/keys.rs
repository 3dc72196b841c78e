//! What opens the cloud. Fresh tokens are on disk before they are used: the old ones are dead once the new ones were. Those
//! that found no room there are not given up, and nothing else is asked of the cloud until they have.

use super::{Courier, End, Errand, Ways};
use crate::link::oauth::{NoTokens, OauthClient, Tokens};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::secret::Secret;

/// A token this close to its end is renewed first.
const AHEAD: TimeDelta = TimeDelta::seconds(60);

/// The courier's tokens.
#[derive(Debug)]
pub struct Keys {
    refresh: Secret,
    access: Option<(Secret, DateTime<Utc>)>,
    /// Fresh ones that are not on disk yet.
    unkept: Option<Tokens>,
}

impl Keys {
    /// A refresh token, and right after linking an access token that is good until then.
    pub fn new(refresh: Secret, access: Option<(Secret, DateTime<Utc>)>) -> Self {
        Self { refresh, access, unkept: None }
    }

    fn good(&self, now: DateTime<Utc>) -> Option<Secret> {
        self.access.as_ref().filter(|(_, ends)| *ends - AHEAD > now).map(|(token, _)| token.clone())
    }
}

impl Courier {
    /// A token that opens the account; another one than before where that is refused (`renew`).
    pub(super) async fn token(&mut self, ways: &mut Ways, renew: bool) -> Result<Secret, End> {
        self.keep().await?;
        if let Some(token) = self.keys.good(self.clock.now()).filter(|_| !renew) {
            return Ok(token);
        }
        let oauth = match &ways.oauth {
            Some(oauth) => oauth,
            None => {
                let found = OauthClient::discover(self.server.clone()).await;
                ways.oauth.insert(found.map_err(|why| End::Trouble(why.to_string(), None))?)
            }
        };
        match oauth.refresh(&self.keys.refresh, self.clock.now()).await {
            Ok(tokens) => {
                let access = tokens.access.clone();
                self.keys.refresh = tokens.refresh.clone();
                self.keys.access = Some((access.clone(), tokens.ends));
                self.keys.unkept = Some(tokens);
                self.keep().await?;
                Ok(access)
            }
            Err(NoTokens::Ended) => Err(End::Link),
            Err(NoTokens::Later(why)) => Err(End::Trouble(why.to_string(), None)),
        }
    }

    async fn keep(&mut self) -> Result<(), End> {
        if let Some(tokens) = &self.keys.unkept {
            self.tell(Errand::Renewed(tokens.clone())).await?;
            self.keys.unkept = None;
        }
        Ok(())
    }
}
