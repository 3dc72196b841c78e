//! Every decision of the authorization server, free of storage, network and clock: who may come back where, what a code
//! or a refresh token is still good for, and whether a verifier fits. One table test per rule.

use crate::config::{Client, ClientKind};
use crate::extract::Fields;
use crate::secret::{digest, same, text};
use crate::store::{CodeRow, Followed, Role, TokenRow};
use url::{Host, Url};

/// A code lives so long (protocols 6.2), ms.
pub const CODE_LIFE: i64 = 5 * 60_000;

/// An access token lives so long, ms.
pub const ACCESS_LIFE: i64 = 60 * 60_000;

/// A refresh token lives so long when it is not used, ms.
pub const REFRESH_LIFE: i64 = 400 * 86_400_000;

/// A native app's grant ends after so long and is asked for again (ASVS 5.0 V10.4.8), ms.
pub const NATIVE_GRANT_LIFE: i64 = 400 * 86_400_000;

/// A native app that lost the answer may ask again for so long (`reliability.md` A4), ms.
pub const RETRY: i64 = 30_000;

/// Longest `state` that is carried back; no limit of Amazon's was found (protocols 6.1).
pub const STATE_MAX: usize = 8192;

/// Codes of RFC 6749 (4.1.2.1 and 5.2) and RFC 7009.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthCode {
    /// Something is missing or comes twice.
    InvalidRequest,
    /// Not this client, or not its secret.
    InvalidClient,
    /// The code or token opens nothing.
    InvalidGrant,
    /// The client may not do this.
    UnauthorizedClient,
    /// Only codes and refresh tokens are taken.
    UnsupportedGrantType,
    /// Only `code` is given.
    UnsupportedResponseType,
    /// A scope that is none, or not this client's or account's.
    InvalidScope,
    /// The customer said no.
    AccessDenied,
}

impl OauthCode {
    /// Its name on the wire.
    pub fn wire(self) -> &'static str {
        match self {
            OauthCode::InvalidRequest => "invalid_request",
            OauthCode::InvalidClient => "invalid_client",
            OauthCode::InvalidGrant => "invalid_grant",
            OauthCode::UnauthorizedClient => "unauthorized_client",
            OauthCode::UnsupportedGrantType => "unsupported_grant_type",
            OauthCode::UnsupportedResponseType => "unsupported_response_type",
            OauthCode::InvalidScope => "invalid_scope",
            OauthCode::AccessDenied => "access_denied",
        }
    }
}

/// A request for access that may be shown to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where to come back to, as it was sent.
    pub redirect_uri: String,
    /// To be given back unchanged.
    pub state: Option<String>,
    /// The PKCE challenge, S256.
    pub challenge: Option<String>,
    /// What is asked for.
    pub scopes: Vec<Role>,
}

/// Why a request for access is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing says that the address is the client's: tell the person, send them nowhere.
    Page(&'static str),
    /// Tell the client, at its own address.
    Back {
        /// Where.
        redirect_uri: String,
        /// Given back unchanged.
        state: Option<String>,
        /// What.
        code: OauthCode,
        /// In words.
        why: &'static str,
    },
}

/// Whether a client may come back to `asked`: exactly as registered, but that a loopback address may have any port
/// (RFC 8252 7.3, RFC 9700 2.1). Compared as text, so that no two readers of an address can disagree.
pub fn returns_to(client: &Client, asked: &str) -> bool {
    client.returns().any(|known| known == asked || same_but_for_the_port(&known, asked))
}

fn same_but_for_the_port(known: &str, asked: &str) -> bool {
    let (Ok(known), Ok(parsed)) = (Url::parse(known), Url::parse(asked)) else { return false };
    let loopback = |url: &Url| match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if known.scheme() != "http" || !loopback(&known) {
        return false;
    }
    // Written out anew from the registered address and the port alone; anything else in `asked` shows as a difference.
    let mut with_port = known;
    if with_port.set_port(parsed.port()).is_err() {
        return false;
    }
    with_port.as_str() == asked
}

/// Judges a request for access (RFC 6749 4.1.1, RFC 7636 4.3, RFC 8252 8.1).
///
/// # Errors
/// Whom to tell what.
pub fn judge_request<'a>(
    client: Option<&'a Client>,
    fields: &Fields,
) -> Result<(&'a Client, Asked), Refusal> {
    let client = client.ok_or(Refusal::Page("The program that sent you is not known here."))?;
    let redirect_uri = match fields.get("redirect_uri") {
        Some(asked) if returns_to(client, asked) => asked.to_owned(),
        _ => {
            return Err(Refusal::Page(
                "The program that sent you wants to go back to an address that is not its own.",
            ));
        }
    };
    let state = fields.get("state").map(str::to_owned);
    let back =
        |code, why| Refusal::Back { redirect_uri: redirect_uri.clone(), state: state.clone(), code, why };
    if state.as_ref().is_some_and(|state| state.len() > STATE_MAX) {
        return Err(Refusal::Page("The program that sent you sent too much."));
    }
    if fields.get("response_type") != Some("code") {
        return Err(back(OauthCode::UnsupportedResponseType, "response_type must be code"));
    }
    let challenge = fields.get("code_challenge").map(str::to_owned);
    match (&challenge, fields.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {}
        (Some(_), _) => return Err(back(OauthCode::InvalidRequest, "code_challenge_method must be S256")),
        (None, Some(_)) => return Err(back(OauthCode::InvalidRequest, "code_challenge is missing")),
        (None, None) if client.kind == ClientKind::Native => {
            return Err(back(OauthCode::InvalidRequest, "native apps must send a code_challenge"));
        }
        (None, None) => {}
    }
    let wanted = fields.get("scope").unwrap_or("customer");
    let scopes: Option<Vec<Role>> = wanted.split(' ').map(Role::from_word).collect();
    let mut scopes = scopes.unwrap_or_default();
    // What is not this client's is left out, as RFC 6749 3.3 allows; what is left is told with the tokens.
    scopes.retain(|scope| client.scopes.iter().any(|known| known == scope.word()));
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(back(OauthCode::InvalidScope, "this client may not ask for that"));
    }
    Ok((client, Asked { redirect_uri, state, challenge, scopes }))
}

/// What of a request a role may allow a client to do: staff and administrators act as themselves, never as customers. A
/// program that asks for staff's and administrators' rights gets those that who signs in has; where there is none, it is
/// the wrong account.
pub fn lent(role: Role, scopes: &[Role]) -> Vec<Role> {
    let may = |scope: &Role| match role {
        Role::Customer => *scope == Role::Customer,
        Role::Staff => *scope == Role::Staff,
        Role::Administrator => matches!(scope, Role::Staff | Role::Administrator),
    };
    scopes.iter().copied().filter(may).collect()
}

/// Scopes as text.
pub fn scope_text(scopes: &[Role]) -> String {
    scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ")
}

/// An S256 challenge: 43 characters of base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether a verifier is the one of the challenge (RFC 7636 4.1 and 4.6).
pub fn verifier_fits(challenge: &str, verifier: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(plain)
        && same(text(&digest(verifier.as_bytes())).as_bytes(), challenge.as_bytes())
}

/// Judges the use of a code (RFC 6749 4.1.3, RFC 7636 4.6, RFC 9700 4.8.2 on downgrades). Whether it was used before
/// is seen when it is used.
///
/// # Errors
/// Why it opens nothing, for the client's maker.
pub fn judge_code(
    code: &CodeRow,
    client: &Client,
    redirect_uri: Option<&str>,
    verifier: Option<&str>,
    now: i64,
) -> Result<(), &'static str> {
    if code.client != client.id {
        return Err("the code is another client's");
    }
    if redirect_uri != Some(code.redirect_uri.as_str()) {
        return Err("redirect_uri differs from the one of the request");
    }
    match (&code.challenge, verifier) {
        (Some(challenge), Some(verifier)) if verifier_fits(challenge, verifier) => {}
        (None, None) => {}
        (Some(_), _) => return Err("code_verifier is missing or does not fit"),
        (None, Some(_)) => return Err("the request had no code_challenge"),
    }
    if code.expires_at <= now { Err("the code has ended") } else { Ok(()) }
}

/// What a refresh token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// A new pair.
    Follow,
    /// The same pair again: the answer was lost.
    Again(Followed),
    /// Nothing, and its grant is revoked: it was followed, and somebody uses what followed (RFC 9700 4.14.2).
    Replayed,
    /// Nothing.
    Nothing(&'static str),
}

/// Judges the use of a refresh token.
pub fn judge_refresh(token: &TokenRow, client: &Client, now: i64) -> Refresh {
    if token.grant.client != client.id {
        return Refresh::Nothing("the token is another client's");
    }
    if !token.refresh {
        return Refresh::Nothing("this is no refresh token");
    }
    let old = client.kind == ClientKind::Native && token.grant.created_at + NATIVE_GRANT_LIFE <= now;
    if token.expires_at <= now || old {
        return Refresh::Nothing("the token has ended");
    }
    match token.followed {
        None => Refresh::Follow,
        Some(followed) if followed.used => Refresh::Replayed,
        // A client that keeps a secret has just proved who it is, however late it asks again. Set back, the clock may
        // say that it has not been followed yet.
        Some(followed) if client.kind == ClientKind::Alexa || now - followed.at <= RETRY => {
            Refresh::Again(followed)
        }
        Some(_) => Refresh::Replayed,
    }
}

#[cfg(test)]
mod tests;
