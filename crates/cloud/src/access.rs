//! Who is asking: bearer tokens of clients and credentials of devices, looked up by hash and remembered in memory until
//! they end or are taken back. What was taken back opens nothing from the next request on.

use crate::config::ClientKind;
use crate::error::{ApiError, Code};
use crate::ids::{AccountId, GrantId};
use crate::secret::{Door, Hash, Secret};
use crate::state::{App, Shared};
use crate::store::{Device, Role};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use refill_domain::ids::SlotId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Callers remembered at most; beyond that all are looked up again.
const REMEMBERED: usize = 100_000;

/// A client that acts for an account.
#[derive(Debug, Clone)]
pub struct Caller {
    /// For whom.
    pub account: AccountId,
    /// Which client.
    pub client: String,
    /// By which grant.
    pub grant: GrantId,
    /// What it may do.
    pub scopes: Vec<Role>,
    /// When its token ends, ms.
    pub ends_at: i64,
    /// It is Alexa, whose tokens are for the skill: they open nothing else of the customer's.
    pub alexa: bool,
}

/// A device that speaks for itself.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub device: Arc<Device>,
}

impl Speaker {
    /// The slot of this instance.
    pub fn slot(&self, instance: &str) -> Option<&refill_domain::endpoint::Slot> {
        self.device.slots.iter().find(|slot| slot.instance.as_str() == instance)
    }

    /// Its slots' ids.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> + '_ {
        self.device.slots.iter().map(|slot| slot.id)
    }
}

#[derive(Debug, Clone)]
enum Known {
    Client(Arc<Caller>),
    Device(Speaker),
}

impl Known {
    fn account(&self) -> AccountId {
        match self {
            Known::Client(caller) => caller.account,
            Known::Device(speaker) => speaker.account,
        }
    }
}

/// Callers that were looked up.
#[derive(Debug, Default)]
pub struct Access(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// Grows with everything that is taken back, so that a look-up that began before is not remembered after.
    taken_back: u64,
    by_hash: HashMap<Hash, Known>,
}

impl Access {
    fn find(&self, hash: &Hash) -> Result<Known, u64> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.by_hash.get(hash).cloned().ok_or(remembered.taken_back)
    }

    fn remember(&self, hash: Hash, known: Known, taken_back: u64) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.taken_back != taken_back {
            return;
        }
        if remembered.by_hash.len() >= REMEMBERED {
            remembered.by_hash.clear();
        }
        remembered.by_hash.insert(hash, known);
    }

    /// Something of this account was taken back: look everything up again.
    pub fn forget(&self, account: AccountId) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.taken_back += 1;
        remembered.by_hash.retain(|_, known| known.account() != account);
    }
}

fn refused(app: &App, why: &str) -> ApiError {
    app.metrics.refused();
    ApiError::new(Code::Unauthorized, why)
}

/// What the request shows at the door.
fn shown(parts: &Parts) -> Option<&str> {
    let text = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn caller(app: &App, parts: &Parts) -> Result<Arc<Caller>, ApiError> {
    let missing = || refused(app, "Send an access token: `Authorization: Bearer …`.");
    let ended = || refused(app, "This access token opens nothing (any more). Get a new one.");
    let (secret, account) =
        Secret::parse(Door::Access, shown(parts).ok_or_else(missing)?).ok_or_else(ended)?;
    let hash = secret.hash();
    let taken_back = match app.access.find(&hash) {
        Ok(Known::Client(caller)) if caller.ends_at > app.clock.now_ms() => return Ok(caller),
        Ok(Known::Client(_) | Known::Device(_)) => return Err(ended()),
        Err(taken_back) => taken_back,
    };
    let token = app.store.token(account, hash).await?.ok_or_else(ended)?;
    if token.refresh || token.expires_at <= app.clock.now_ms() {
        return Err(ended());
    }
    let alexa = app.client(&token.grant.client).is_some_and(|client| client.kind == ClientKind::Alexa);
    let caller = Arc::new(Caller {
        account,
        alexa,
        client: token.grant.client,
        grant: token.grant.id,
        scopes: token.grant.scope.split(' ').filter_map(Role::from_word).collect(),
        ends_at: token.expires_at,
    });
    app.access.remember(hash, Known::Client(Arc::clone(&caller)), taken_back);
    Ok(caller)
}

async fn speaker(app: &App, parts: &Parts) -> Result<Speaker, ApiError> {
    let missing = || refused(app, "Send the device's credential: `Authorization: Bearer …`.");
    let ended = || refused(app, "This credential opens nothing (any more). Register the device again.");
    let (secret, account) =
        Secret::parse(Door::Device, shown(parts).ok_or_else(missing)?).ok_or_else(ended)?;
    let hash = secret.hash();
    let taken_back = match app.access.find(&hash) {
        Ok(Known::Device(speaker)) => return Ok(speaker),
        Ok(Known::Client(_)) => return Err(ended()),
        Err(taken_back) => taken_back,
    };
    let device = app.store.device_by_credential(account, hash).await?.ok_or_else(ended)?;
    let speaker = Speaker { account, device: Arc::new(device) };
    app.access.remember(hash, Known::Device(speaker.clone()), taken_back);
    Ok(speaker)
}

/// Which clients a door is for.
#[derive(PartialEq, Eq)]
enum Clients {
    /// People's own.
    Apps,
    /// Alexa too.
    Every,
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident $clients:ident [$($scope:ident)|+];)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Arc<Caller>);

        impl FromRequestParts<Shared> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
                let caller = caller(app, parts).await?;
                let client = !caller.alexa || Clients::$clients == Clients::Every;
                if client && caller.scopes.iter().any(|scope| matches!(scope, $(Role::$scope)|+)) {
                    Ok(Self(caller))
                } else {
                    Err(ApiError::new(Code::Forbidden, "This token is not for that."))
                }
            }
        }
    )*};
}

callers! {
    /// A client acting for a customer.
    Customer Apps [Customer];
    /// A client acting for one of the maker's people.
    Staff Apps [Staff | Administrator];
    /// A client acting for one who sets things up.
    Administrator Apps [Administrator];
    /// Anybody with a token, Alexa too.
    Anybody Every [Customer | Staff | Administrator];
}

/// A device.
#[derive(Debug, Clone)]
pub struct OfDevice(pub Speaker);

impl FromRequestParts<Shared> for OfDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        speaker(app, parts).await.map(Self)
    }
}
