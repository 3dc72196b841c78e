//! Accounts: customers and the maker's people. Administrators make them; everybody may read and guard their own. A password
//! is judged where blocking is allowed, a few at a time, and slowly for whoever guesses.

use crate::access::{Administrator, Anybody};
use crate::audit::Action;
use crate::catalogue::name_trouble;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Peer};
use crate::ids::AccountId;
use crate::limit::neighbourhood;
use crate::secret::{PASSWORD_MAX, hash_password, password_matches};
use crate::state::{App, Shared};
use crate::store::{Account, NewAccount, Role};
use crate::support::Actor;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(me)).routes(routes!(change_password))
}

/// Fewest characters of a password (NIST SP 800-63B).
const PASSWORD_MIN: usize = 8;

/// Longest address of sign-in (RFC 5321).
const EMAIL_MAX: usize = 254;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub struct AccountForm {
    /// What it may be used for.
    pub role: Role,
    /// The address its owner signs in with.
    pub email: String,
    /// Its owner's name.
    pub name: String,
    /// Its first password, 8 to 256 bytes.
    pub password: String,
}

/// An account as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// What it may be used for.
    pub role: Role,
    /// The address its owner signs in with.
    pub email: String,
    /// Its owner's name.
    pub name: String,
}

impl From<Account> for AccountView {
    fn from(of: Account) -> Self {
        Self { id: of.id, role: of.role, email: of.email, name: of.name }
    }
}

/// An address of sign-in as it is kept.
///
/// # Errors
/// Why it can't be one.
pub fn email_of(text: &str) -> Result<String, ApiError> {
    let email = text.trim().to_lowercase();
    let whole = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.')
    });
    let odd = email.chars().any(|c| c.is_whitespace() || c.is_control());
    if whole && !odd && email.len() <= EMAIL_MAX {
        Ok(email)
    } else {
        Err(ApiError::field("email", "Send an address such as anna@example.com."))
    }
}

/// Makes an account.
///
/// # Errors
/// The member that can't be, an address that is taken, or the store's.
pub async fn make(app: &App, form: AccountForm) -> Result<Account, ApiError> {
    let email = email_of(&form.email)?;
    if let Some(why) = name_trouble(&form.name) {
        return Err(ApiError::field("name", why));
    }
    let password = hashed(app, form.password, "password").await?;
    let account = Account {
        id: AccountId(app.clock.new_id()),
        role: form.role,
        email,
        name: form.name.trim().to_owned(),
        created_at: app.clock.now_ms(),
    };
    if app.store.create_account(NewAccount { account: account.clone(), password }).await? {
        Ok(account)
    } else {
        Err(ApiError::new(Code::EmailTaken, "Somebody signs in with this address already.").at("email"))
    }
}

async fn hashed(app: &App, password: String, field: &str) -> Result<String, ApiError> {
    if password.chars().count() < PASSWORD_MIN || password.len() > PASSWORD_MAX {
        return Err(ApiError::field(field, "A password has 8 to 256 characters."));
    }
    let _place = app.hashing.acquire().await.map_err(ApiError::internal)?;
    let hash = tokio::task::spawn_blocking(move || hash_password(&password)).await;
    hash.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

/// Who signs in with this address and password; absent if nobody does. As slow when the address is unknown.
///
/// # Errors
/// Too many tries for this address or from this caller; or the store's.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: String,
    peer: IpAddr,
) -> Result<Option<Account>, ApiError> {
    let email = email.trim().to_lowercase();
    let now = app.clock.now_ms();
    // The longest key that a guesser can make us keep.
    let key: String = email.chars().take(EMAIL_MAX).collect();
    app.limits.sign_in_peer.take(neighbourhood(peer), 1, now).map_err(ApiError::rate_limited)?;
    app.limits.sign_in_email.take(key, 1, now).map_err(ApiError::rate_limited)?;
    let login = app.store.login(email).await?;
    let kept = login.as_ref().map(|login| login.password.clone());
    let _place = app.hashing.acquire().await.map_err(ApiError::internal)?;
    let fits = password.len() <= PASSWORD_MAX;
    let judged = tokio::task::spawn_blocking(move || {
        password_matches(if fits { &password } else { "" }, kept.as_deref())
    });
    if judged.await.map_err(ApiError::internal)? && fits {
        Ok(login.map(|login| login.account))
    } else {
        app.metrics.refused();
        Ok(None)
    }
}

/// Makes an account for a customer or one of the maker's people.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = AccountForm,
    responses((status = 201, body = AccountView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Json(form): Json<AccountForm>,
) -> Result<(StatusCode, axum::Json<AccountView>), ApiError> {
    let account = make(&app, form).await?;
    let customer = Some(account.id).filter(|_| account.role == Role::Customer);
    let mut line = Actor::of(&app, &by, peer).await?.line(Action::MakeAccount, customer);
    line.about = Some(account.role.word().to_owned());
    app.store.audit(line).await?;
    Ok((StatusCode::CREATED, axum::Json(account.into())))
}

/// Says whose token this is.
#[utoipa::path(get, path = "/v1/me", tag = "accounts",
    responses((status = 200, body = AccountView), (status = 401, body = Problem)))]
async fn me(State(app): State<Shared>, Anybody(by): Anybody) -> Result<axum::Json<AccountView>, ApiError> {
    let account = app.store.account(by.account).await?.ok_or_else(ApiError::not_found)?;
    Ok(axum::Json(account.into()))
}

/// A new password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordForm {
    /// The one so far.
    pub current: String,
    /// The one from now on.
    pub new: String,
}

/// Changes the own password and ends every browser's session.
#[utoipa::path(put, path = "/v1/me/password", tag = "accounts", request_body = PasswordForm,
    responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn change_password(
    State(app): State<Shared>,
    Anybody(by): Anybody,
    Peer(peer): Peer,
    Json(form): Json<PasswordForm>,
) -> Result<StatusCode, ApiError> {
    let account = app.store.account(by.account).await?.ok_or_else(ApiError::not_found)?;
    if sign_in(&app, &account.email, form.current, peer).await?.is_none() {
        return Err(ApiError::field("current", "This is not the password."));
    }
    let password = hashed(&app, form.new, "new").await?;
    app.store.set_password(by.account, password).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_one_way() {
        assert_eq!(email_of(" Anna@Example.COM ").unwrap(), "anna@example.com");
        for bad in
            ["", "anna", "anna@", "@example.com", "anna@localhost", "a b@example.com", "a@b@example.com"]
        {
            assert!(email_of(bad).is_err(), "{bad}");
        }
        assert!(email_of(&format!("{}@example.com", "x".repeat(250))).is_err());
    }
}
