//! Linking with Alexa from the maker's app (protocols 6.2): a customer lets us enable the skill at Login with Amazon and
//! comes back here; we give Alexa a code of our own, as if the customer had signed in from the Alexa app. What comes back
//! is believed once, for ten minutes, for the account that asked. Codes and tokens of either side are kept sealed or
//! hashed, and named in no log and no page.

mod enabling;

use crate::access::Customer;
use crate::config::{AlexaConfig, ClientKind};
use crate::error::{ApiError, Code, Problem};
use crate::extract::Fields;
use crate::ids::AccountId;
use crate::oauth::pages;
use crate::relay::Amazon;
use crate::secret::{Door, Secret, random, text};
use crate::state::{App, Shared};
use crate::store::alexa::{AlexaStands, FlowRow};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use enabling::{Failed, enable, look, turn_off};
use maud::html;
use refill_domain::enablement::{AlexaLink, Refusal, SignIn, sign_in_url};
use refill_domain::secret::Secret as Hidden;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a customer may take at Amazon, ms.
const FLOW_LIFE: i64 = 10 * 60_000;

/// Longest code that is taken; none is documented (ours).
const CODE_MAX: usize = 2048;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(begin, end)).routes(routes!(check)).routes(routes!(came_back))
}

/// The way to Amazon, where this server enables its skill.
struct Way<'a> {
    amazon: &'a Amazon,
    skill: &'a str,
    /// Alexa's client id here, for which our codes are made.
    client: &'a str,
    /// Where customers come back to.
    back: String,
}

impl Way<'_> {
    fn config(&self) -> &AlexaConfig {
        self.amazon.config()
    }
}

fn way(app: &App) -> Option<Way<'_>> {
    let amazon = app.amazon.as_ref()?;
    let client = app.config.clients.iter().find(|client| client.kind == ClientKind::Alexa)?;
    let back = app.public.join("alexa/return").ok()?.into();
    Some(Way { amazon, skill: amazon.config().skill_id.as_deref()?, client: &client.id, back })
}

fn elsewhere() -> ApiError {
    ApiError::new(Code::NotFound, "This server does not enable the skill. Enable it in the Alexa app.")
}

/// Where the customer goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlexaBegun {
    /// Amazon's page, to be opened in the system's browser.
    pub url: String,
    /// Until when it is waited for, ms since 1970 UTC.
    pub until: i64,
}

/// How the link to Alexa stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlexaStanding {
    /// As the feed tells it.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub link: AlexaLink,
    /// Since when, ms since 1970 UTC.
    pub since: Option<i64>,
}

/// A link to Alexa that was turned off.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlexaEnded {
    /// Amazon turned the skill off too. If not, the customer does that in the Alexa app.
    pub at_amazon: bool,
}

/// Begins to link with Alexa: the customer goes on at Amazon, and comes back here.
#[utoipa::path(post, path = "/v1/alexa/link", tag = "alexa",
    responses((status = 200, body = AlexaBegun), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn begin(
    State(app): State<Shared>,
    Customer(by): Customer,
) -> Result<axum::Json<AlexaBegun>, ApiError> {
    let way = way(&app).ok_or_else(elsewhere)?;
    let state = Secret::new(Door::Enabling, by.account).map_err(ApiError::internal)?;
    let verifier = text(&random::<32>().map_err(ApiError::internal)?);
    let url = sign_in_url(SignIn {
        page: way.config().sign_in_page(),
        client_id: &way.config().client_id,
        redirect_uri: &way.back,
        state: state.expose(),
        challenge: &text(&Sha256::digest(verifier.as_bytes())),
    });
    let begun_at = app.clock.now_ms();
    let until = begun_at + FLOW_LIFE;
    let sealed = way.config().key().ok_or_else(elsewhere)?.seal(by.account, &verifier);
    let sealed = sealed.map_err(ApiError::internal)?;
    let flow = FlowRow { account: by.account, state: state.hash(), begun_at, ends_at: until, sealed };
    app.store.put_alexa_flow(flow).await?;
    Ok(axum::Json(AlexaBegun { url: url.expose().to_owned(), until }))
}

/// Asks Amazon whether the skill is still enabled, and says how the link stands then.
#[utoipa::path(post, path = "/v1/alexa/check", tag = "alexa",
    responses((status = 200, body = AlexaStanding), (status = 401, body = Problem),
              (status = 404, body = Problem), (status = 503, body = Problem)))]
async fn check(
    State(app): State<Shared>,
    Customer(by): Customer,
) -> Result<axum::Json<AlexaStanding>, ApiError> {
    let way = way(&app).ok_or_else(elsewhere)?;
    look(&app, &way, by.account).await.map_err(told)?;
    let AlexaStands { link, since } = app.store.alexa_stands(by.account).await?;
    Ok(axum::Json(AlexaStanding { link, since }))
}

/// Turns the skill off at Amazon, and ends what Alexa may do here.
#[utoipa::path(delete, path = "/v1/alexa/link", tag = "alexa",
    responses((status = 200, body = AlexaEnded), (status = 401, body = Problem),
              (status = 404, body = Problem), (status = 503, body = Problem)))]
async fn end(State(app): State<Shared>, Customer(by): Customer) -> Result<axum::Json<AlexaEnded>, ApiError> {
    let way = way(&app).ok_or_else(elsewhere)?;
    let at_amazon = turn_off(&app, &way, by.account).await.map_err(told)?;
    Ok(axum::Json(AlexaEnded { at_amazon }))
}

fn told(why: Failed) -> ApiError {
    match why {
        Failed::Store(cause) => cause.into(),
        Failed::Ours(cause) => ApiError::internal(cause),
        Failed::Later => ApiError::new(Code::Unavailable, "Amazon does not answer. Try again in a minute."),
        Failed::Refused(why) => ApiError::new(Code::Unavailable, why.to_string()),
        Failed::Settings => ApiError::new(Code::Unavailable, SETTINGS),
    }
}

const SETTINGS: &str = "Amazon does not know this service as it is set up. The maker has to look at it.";

/// Takes the customer in who comes back from Amazon.
#[utoipa::path(get, path = "/alexa/return", tag = "alexa",
    params(("state" = Option<String>, Query), ("code" = Option<String>, Query), ("error" = Option<String>, Query)),
    responses((status = 200, description = "A page that says how it went", content_type = "text/html"),
              (status = 400, description = "A page that says what to do", content_type = "text/html"),
              (status = 502, description = "A page that says what Amazon refused", content_type = "text/html"),
              (status = 503, description = "A page that says what to do", content_type = "text/html")))]
async fn came_back(State(app): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let stale = || {
        let text = html! { p { "This page was opened before, or more than ten minutes after you began." }
        p { "Nothing was changed. Go back to Refill and choose “Link with Alexa” again." } };
        Ok(pages::outcome(StatusCode::BAD_REQUEST, "This did not work", &text))
    };
    let Ok(fields) = Fields::parse(query.unwrap_or_default().as_bytes()) else { return stale() };
    let Some(way) = way(&app) else { return stale() };
    let state = fields.get("state").and_then(|state| Secret::parse(Door::Enabling, state));
    let Some((state, account)) = state else { return stale() };
    // Used from here on, whatever becomes of it.
    let flow = app.store.take_alexa_flow(account, state.hash(), app.clock.now_ms()).await?;
    let Some(flow) = flow else { return stale() };
    let code = match (fields.get("code"), fields.get("error")) {
        (Some(code), None) if code.len() <= CODE_MAX => Hidden::new(code),
        (None, Some("access_denied")) => {
            let text = html! { p { "You did not agree at Amazon. Nothing was changed." } };
            return Ok(pages::outcome(StatusCode::OK, "Not linked with Alexa", &text));
        }
        (None, Some(_)) => return Ok(failed(&Failed::Settings)),
        _ => return stale(),
    };
    Ok(match enable(&app, &way, &flow, &code).await {
        Ok(()) => {
            let email = email_of(&app, account).await?;
            let text = html! {
                p { "Alexa now knows the devices of " strong { (email) } " at " (app.config.maker) "." }
                p { "You can close this page. Refill shows it already." }
            };
            pages::outcome(StatusCode::OK, "Linked with Alexa", &text)
        }
        Err(Failed::Store(cause)) => return Err(cause.into()),
        Err(why) => {
            if let Failed::Ours(cause) = &why {
                tracing::error!(account.id = %account, error.cause = %format!("{cause:#}"), "The skill could not be enabled");
            } else {
                tracing::warn!(account.id = %account, enabling.trouble = %why, "The skill was not enabled");
            }
            failed(&why)
        }
    })
}

async fn email_of(app: &App, account: AccountId) -> Result<String, ApiError> {
    Ok(app.store.account(account).await?.ok_or_else(ApiError::not_found)?.email)
}

/// The page that says why nothing was enabled, and what to do.
fn failed(why: &Failed) -> Response {
    let (status, text) = match why {
        Failed::Refused(why) => (StatusCode::BAD_GATEWAY, why.to_string()),
        Failed::Settings => (StatusCode::BAD_GATEWAY, SETTINGS.to_owned()),
        Failed::Later => {
            let text = "Amazon did not answer in time. Look in Refill in a minute: if it does not say that Alexa is linked, start again.";
            (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
        }
        Failed::Store(_) | Failed::Ours(_) => {
            let text = "This service has a fault of its own. Start again later.";
            (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
        }
    };
    let retry = matches!(why, Failed::Refused(Refusal::NotForAccount | Refusal::NoSkill) | Failed::Settings);
    let text = html! {
        p { (text) }
        @if !retry { p { "To start again, go back to Refill and choose “Link with Alexa”." } }
    };
    pages::outcome(status, "Not linked with Alexa", &text)
}
