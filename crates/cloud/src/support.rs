//! Support by the maker's people: finding a customer, asking to see, looking, and what administrators do for one. Without
//! the customer's consent there is nothing to see but that a customer was found; with it, what there is to see is
//! read-only, and without addresses, prices and tokens. Every look and every deed is in the audit trail before it happens.

pub mod access;
pub mod act;
pub mod figures;
pub mod find;
pub mod masked;
pub mod trail;
pub mod view;

use crate::access::Caller;
use crate::audit::{Action, NewAudit};
use crate::error::ApiError;
use crate::ids::AccountId;
use crate::limit::neighbourhood;
use crate::state::{App, Shared};
use crate::store::Account;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(find::routes())
        .merge(access::routes())
        .merge(view::routes())
        .merge(act::routes())
        .merge(trail::routes())
}

/// Longest number of a case, in characters.
const CASE_MAX: usize = 40;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// Why somebody of the maker's does something.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub struct Why {
    /// The number of the case, 1 to 40 characters.
    pub case: String,
    /// The reason, 3 to 500 characters. The customer reads it.
    pub reason: String,
}

impl Why {
    /// As it is kept.
    ///
    /// # Errors
    /// The member that can't be.
    pub fn judged(self) -> Result<Self, ApiError> {
        let (case, reason) = (self.case.trim().to_owned(), self.reason.trim().to_owned());
        let odd = |text: &str| text.chars().any(crate::catalogue::is_odd);
        let between = |text: &str, least: usize, most: usize| (least..=most).contains(&text.chars().count());
        if !between(&case, 1, CASE_MAX) || odd(&case) {
            return Err(ApiError::field("case", "Send the number of the case, 1 to 40 characters."));
        }
        if !between(&reason, 3, REASON_MAX) || odd(&reason) {
            return Err(ApiError::field("reason", "Say why in 3 to 500 characters, on one line."));
        }
        Ok(Self { case, reason })
    }
}

/// Who acts, and from where: how every line of the trail begins.
#[derive(Debug)]
pub struct Actor {
    /// Who.
    pub account: Account,
    peer: String,
    at: i64,
}

impl Actor {
    /// Who asks.
    ///
    /// # Errors
    /// The store's.
    pub async fn of(app: &App, by: &Caller, peer: IpAddr) -> Result<Self, ApiError> {
        let account = app.store.account(by.account).await?.ok_or_else(ApiError::not_found)?;
        Ok(Self { account, peer: neighbourhood(peer).to_string(), at: app.clock.now_ms() })
    }

    /// A line of the trail.
    pub fn line(&self, action: Action, customer: Option<AccountId>) -> NewAudit {
        NewAudit {
            at: self.at,
            actor: self.account.id,
            actor_name: self.account.name.clone(),
            role: self.account.role,
            customer,
            action,
            about: None,
            case: None,
            reason: None,
            peer: self.peer.clone(),
        }
    }

    /// A line with its reason.
    pub fn reasoned(&self, action: Action, customer: Option<AccountId>, why: &Why) -> NewAudit {
        let (case, reason) = (Some(why.case.clone()), Some(why.reason.clone()));
        NewAudit { case, reason, ..self.line(action, customer) }
    }
}
