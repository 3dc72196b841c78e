//! The client of the maker's authorization server (RFC 6749, 7009, 7636, 8252, 8414): what the server can do, the address
//! the browser is sent to, and tokens for codes and refresh tokens. Nothing is followed to another address, nothing
//! longer than 64 kB is read, and no token stands in an address or a log.

use super::server::Server;
use crate::error::{Code, Error};
use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    TokenResponse as _, TokenUrl,
};
use refill_domain::link::Flow;
use refill_domain::secret::Secret;
use serde::Deserialize;
use std::pin::Pin;
use std::time::Duration;
use url::Url;

/// This app's name at every server: a native app without a secret (RFC 8252).
pub const CLIENT: &str = "refill";

/// What the app asks for.
const SCOPE: &str = "customer";

/// What the support desk asks for.
pub const STAFF: &str = "staff";

/// What it asks for beside that, for who has it.
pub const ADMINISTRATOR: &str = "administrator";

/// Longest answer that is read, in bytes (`reliability.md` O6).
const ANSWER_MAX: usize = 64 * 1024;

/// How long an answer may take. The server itself answers within 4.5 s (protocols 6.1).
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long an access token counts as good where the server does not say (RFC 6749 5.1 leaves it out).
const LIFE_UNKNOWN: TimeDelta = TimeDelta::minutes(5);

/// What a server can do (RFC 8414), of which it says more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// Its name of itself.
    pub issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Tokens as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the account.
    pub access: Secret,
    /// Gets the next ones.
    pub refresh: Secret,
    /// What they are for.
    pub scope: String,
    /// When `access` ends.
    pub ends: DateTime<Utc>,
}

/// Why no tokens came.
#[derive(Debug)]
pub enum NoTokens {
    /// The server says that the link has ended: only linking again helps.
    Ended,
    /// It may work later.
    Later(Error),
}

/// Speaks to one server.
#[derive(Debug, Clone)]
pub struct OauthClient {
    http: reqwest::Client,
    server: Server,
    known: Metadata,
}

type Configured = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl OauthClient {
    /// Asks a server what it can do.
    ///
    /// # Errors
    /// It can't be reached, its certificate is wrong, or it is no server Refill can be linked with.
    pub async fn discover(server: Server) -> Result<Self, Error> {
        let http = http(&server)?;
        let url = server.at("/.well-known/oauth-authorization-server");
        let request = reqwest::Request::new(reqwest::Method::GET, url);
        let answer = send(&http, request).await.map_err(|why| unreached(&server, &why))?;
        let none = || {
            let why = format!("{server} answers, but is no cloud that Refill can be linked with.");
            Error::new(Code::BadAnswer, why).at("server")
        };
        if answer.status() != 200 {
            return Err(none());
        }
        let known: Metadata = serde_json::from_slice(answer.body()).map_err(|why| none().caused_by(why))?;
        if known.issuer != server.issuer()
            || !known.code_challenge_methods_supported.iter().any(|m| m == "S256")
        {
            return Err(none());
        }
        let ends = [
            Some(&known.authorization_endpoint),
            Some(&known.token_endpoint),
            known.revocation_endpoint.as_ref(),
        ];
        if !ends.into_iter().flatten().all(|end| server.may_name(end)) {
            return Err(none());
        }
        Ok(Self { http, server, known })
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    fn client(&self) -> Result<Configured, Error> {
        let auth = AuthUrl::new(self.known.authorization_endpoint.clone()).map_err(anyhow::Error::from)?;
        let token = TokenUrl::new(self.known.token_endpoint.clone()).map_err(anyhow::Error::from)?;
        Ok(BasicClient::new(ClientId::new(CLIENT.to_owned())).set_auth_uri(auth).set_token_uri(token))
    }

    /// Begins a flow: what to remember, and the address for the browser.
    ///
    /// # Errors
    /// The server named an address that is none.
    pub fn begin(&self, redirect: &str, now: DateTime<Utc>) -> Result<(Flow, Url), Error> {
        self.begin_for(SCOPE, redirect, now)
    }

    /// [`Self::begin`], for another scope.
    ///
    /// # Errors
    /// The server named an address that is none.
    pub fn begin_for(&self, scope: &str, redirect: &str, now: DateTime<Utc>) -> Result<(Flow, Url), Error> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let back = RedirectUrl::new(redirect.to_owned()).map_err(anyhow::Error::from)?;
        let client = self.client()?.set_redirect_uri(back);
        let asked = client.authorize_url(CsrfToken::new_random).add_scope(Scope::new(scope.to_owned()));
        let (url, state) = asked.set_pkce_challenge(challenge).url();
        let flow = Flow {
            issuer: self.known.issuer.clone(),
            names_itself: self.known.authorization_response_iss_parameter_supported,
            redirect: redirect.to_owned(),
            state: Secret::new(state.into_secret()),
            verifier: Secret::new(verifier.into_secret()),
            begun: now,
        };
        Ok((flow, url))
    }

    /// Tokens for a code.
    ///
    /// # Errors
    /// As [`NoTokens`].
    pub async fn exchange(&self, flow: &Flow, code: &Secret, now: DateTime<Utc>) -> Result<Tokens, NoTokens> {
        let back = RedirectUrl::new(flow.redirect.clone())
            .map_err(|why| NoTokens::Later(anyhow::Error::from(why).into()))?;
        let client = self.client().map_err(NoTokens::Later)?.set_redirect_uri(back);
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.expose().to_owned()));
        let answer = request.request_async(&self.sender()).await;
        self.tokens(answer, None, now)
    }

    /// The next tokens.
    ///
    /// # Errors
    /// As [`NoTokens`].
    pub async fn refresh(&self, refresh: &Secret, now: DateTime<Utc>) -> Result<Tokens, NoTokens> {
        let client = self.client().map_err(NoTokens::Later)?;
        let token = RefreshToken::new(refresh.expose().to_owned());
        let answer = client.exchange_refresh_token(&token).request_async(&self.sender()).await;
        self.tokens(answer, Some(refresh), now)
    }

    /// Ends the link at the server (RFC 7009). What it does not know is ended already.
    ///
    /// # Errors
    /// It could not be told.
    pub async fn revoke(&self, refresh: &Secret) -> Result<(), Error> {
        // The crate revokes by https alone, and a cloud that is tried out is on this computer.
        let Some(end) = &self.known.revocation_endpoint else { return Ok(()) };
        let form = [("token", refresh.expose()), ("client_id", CLIENT)];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request =
            self.http.post(end).header("content-type", "application/x-www-form-urlencoded").body(body);
        let request = request.build().map_err(anyhow::Error::from)?;
        let answer = send(&self.http, request).await.map_err(|why| unreached(&self.server, &why))?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(Error::new(Code::Refused, format!("{} did not end the link. Try again later.", self.server)))
    }

    /// Sends what the crate asks.
    fn sender(&self) -> impl Fn(HttpRequest) -> Sending + use<> {
        let http = self.http.clone();
        move |request| {
            let http = http.clone();
            Box::pin(
                async move { send(&http, reqwest::Request::try_from(request).map_err(Failed::Sent)?).await },
            )
        }
    }

    fn tokens(
        &self,
        answer: Result<
            oauth2::basic::BasicTokenResponse,
            RequestTokenError<Failed, oauth2::basic::BasicErrorResponse>,
        >,
        before: Option<&Secret>,
        now: DateTime<Utc>,
    ) -> Result<Tokens, NoTokens> {
        let odd = || {
            Error::new(Code::BadAnswer, format!("{} gave an answer that can't be understood.", self.server))
        };
        let answer = answer.map_err(|why| match why {
            RequestTokenError::ServerResponse(why) => match why.error() {
                BasicErrorResponseType::InvalidGrant
                | BasicErrorResponseType::InvalidClient
                | BasicErrorResponseType::UnauthorizedClient => NoTokens::Ended,
                other => {
                    NoTokens::Later(Error::new(Code::Refused, format!("{} refused: {other}.", self.server)))
                }
            },
            RequestTokenError::Request(why) => NoTokens::Later(unreached(&self.server, &why)),
            RequestTokenError::Parse(why, _) => NoTokens::Later(odd().caused_by(anyhow::anyhow!("{why}"))),
            RequestTokenError::Other(why) => NoTokens::Later(odd().caused_by(anyhow::anyhow!(why))),
        })?;
        let life =
            answer.expires_in().and_then(|life| TimeDelta::from_std(life).ok()).unwrap_or(LIFE_UNKNOWN);
        let next = answer.refresh_token().map(|token| Secret::new(token.secret().clone()));
        Ok(Tokens {
            access: Secret::new(answer.access_token().secret().clone()),
            // RFC 6749 6: without a new one the old one stays.
            refresh: next.or_else(|| before.cloned()).ok_or_else(|| NoTokens::Later(odd()))?,
            scope: answer.scopes().map_or_else(
                || SCOPE.to_owned(),
                |scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
            ),
            ends: now + life.clamp(TimeDelta::zero(), TimeDelta::days(30)),
        })
    }
}

/// An answer on its way.
type Sending = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send>>;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It could not be sent, or not be answered.
    #[error("{0}")]
    Sent(#[source] reqwest::Error),
    /// More came than is read.
    #[error("the answer is longer than 64 kB")]
    TooLong,
    /// The answer is none.
    #[error("{0}")]
    Odd(#[source] oauth2::http::Error),
}

pub(super) fn http(server: &Server) -> Result<reqwest::Client, Error> {
    Ok(server.client().timeout(ANSWER_WITHIN).build().map_err(anyhow::Error::from)?)
}

async fn send(http: &reqwest::Client, request: reqwest::Request) -> Result<HttpResponse, Failed> {
    let mut answer = http.execute(request).await.map_err(|why| Failed::Sent(why.without_url()))?;
    let mut response = oauth2::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|why| Failed::Sent(why.without_url()))? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_MAX {
            return Err(Failed::TooLong);
        }
    }
    response.body(body).map_err(Failed::Odd)
}

/// What a person can do about a server that did not answer.
fn unreached(server: &Server, why: &Failed) -> Error {
    let mut source: Option<&dyn std::error::Error> = Some(why);
    let mut words = String::new();
    while let Some(cause) = source {
        words.push_str(&cause.to_string());
        words.push(' ');
        source = cause.source();
    }
    let (code, sentence) = if words.contains("certificate") {
        let sentence = format!(
            "{server} could not prove that it is {server}: its certificate is not valid. Check the address; do not link over this connection."
        );
        (Code::BadCertificate, sentence)
    } else if matches!(why, Failed::Sent(why) if why.is_timeout()) {
        (Code::TimedOut, format!("{server} did not answer within {} seconds.", ANSWER_WITHIN.as_secs()))
    } else {
        (
            Code::Unreachable,
            format!("{server} can't be reached. Check the address and this computer's connection."),
        )
    };
    Error::new(code, sentence).at("server").caused_by(anyhow::anyhow!(words.trim_end().to_owned()))
}
