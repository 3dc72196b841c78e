//! The skill over HTTP: one directive in, one answer out, always with status 200, because what is wrong is said in the
//! answer itself (protocols 2.4). What to answer is the domain's pure function; here is who asks, what is known, and the
//! one effect, trading Amazon's code for tokens. No token and no code is ever logged.

mod shown;

pub use shown::{Described, Shown};

use crate::config::ClientKind;
use crate::error::{ApiError, Problem};
use crate::extract::{Part, Raw};
use crate::ids::AccountId;
use crate::relay::{Tokens, describe};
use crate::secret::{Door, Secret as OwnSecret};
use crate::state::{App, Shared};
use crate::store::relay::{NewLink, RelayView};
use crate::store::{Device as Registered, StoreError};
use axum::extract::State;
use axum::response::Response;
use chrono::DateTime;
use refill_domain::alexa::{Asked, Device, Directive, MessageId, read_directive};
use refill_domain::endpoint::SensorKind;
use refill_domain::fold::Fold;
use refill_domain::gateway::{Attempt, Region, TokenAnswer, TokenRequest, classify_token};
use refill_domain::outbox::level_now;
use refill_domain::secret::Secret;
use refill_domain::skill::{self, Account, Exchange, Reply};
use std::borrow::Cow;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(directive)).routes(routes!(regional))
}

/// Answers a directive of Alexa's, sent to the endpoint of the configured region.
#[utoipa::path(post, path = "/alexa/directive", tag = "alexa",
    request_body(content = Object, description = "A directive; the customer's token is in its scope"),
    responses((status = 200, description = "The answer, which may be an error response", body = Object),
              (status = 413, body = Problem)))]
async fn directive(State(app): State<Shared>, Raw(body): Raw) -> Result<Response, ApiError> {
    let region = app.config.alexa.as_ref().map_or(Region::NorthAmerica, |alexa| alexa.region);
    respond(&app, region, &body).await
}

/// Answers a directive that came to the endpoint of one region: `north_america`, `europe` or `far_east`. Events of the
/// customer go to the gateway of that region (protocols 3.1).
#[utoipa::path(post, path = "/alexa/directive/{region}", tag = "alexa",
    params(("region" = String, Path, description = "`north_america`, `europe` or `far_east`")),
    request_body(content = Object, description = "A directive; the customer's token is in its scope"),
    responses((status = 200, description = "The answer, which may be an error response", body = Object),
              (status = 404, body = Problem), (status = 413, body = Problem)))]
async fn regional(
    State(app): State<Shared>,
    Part(region): Part<Region>,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    respond(&app, region, &body).await
}

async fn respond(app: &App, region: Region, body: &[u8]) -> Result<Response, ApiError> {
    let text = answer(app, region, body).await?;
    let mut response = Response::new(text.into());
    let json = axum::http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, json);
    Ok(response)
}

/// Whose token it is.
enum Whose {
    Known(AccountId),
    Expired,
    Unknown,
}

async fn whose(app: &App, token: Option<&Secret>) -> Result<Whose, StoreError> {
    let read = token.and_then(|token| OwnSecret::parse(Door::Access, token.expose()));
    let Some((secret, account)) = read else { return Ok(Whose::Unknown) };
    let Some(row) = app.store.token(account, secret.hash()).await? else { return Ok(Whose::Unknown) };
    let alexa = app.client(&row.grant.client).is_some_and(|client| client.kind == ClientKind::Alexa);
    Ok(match (row.refresh, alexa) {
        (false, true) if row.expires_at > app.clock.now_ms() => Whose::Known(account),
        (false, true) => Whose::Expired,
        _ => Whose::Unknown,
    })
}

/// Answers a directive that came to the endpoint of a region: the JSON to send back.
///
/// # Errors
/// The store failed.
pub async fn answer(app: &App, region: Region, body: &[u8]) -> Result<String, ApiError> {
    let id = MessageId::from(app.clock.new_id());
    let directive = read_directive(body);
    let token = directive.as_ref().ok().and_then(Directive::token);
    let whose = whose(app, token).await?;
    let described = match (&whose, &directive) {
        (Whose::Known(account), Ok(_)) => described(app, *account).await?,
        _ => Arc::default(),
    };
    let devices = match (&whose, &directive) {
        (Whose::Known(account), Ok(directive)) => with_state(app, *account, &described, directive).await?,
        _ => Cow::Borrowed(&[][..]),
    };
    let account = match whose {
        Whose::Known(_) => Account::Known(&devices),
        Whose::Expired => Account::Expired,
        Whose::Unknown => Account::Unknown,
    };
    let reply = skill::answer(directive.as_ref(), account, &id, app.clock.now());
    let traded = match (reply, whose) {
        (Reply::Answer(message), _) => return serde_json::to_string(&message).map_err(ApiError::internal),
        (Reply::Exchange(exchange), Whose::Known(account)) => {
            let traded = trade(app, account, region, &exchange).await;
            if let Err(why) = &traded {
                tracing::warn!(account.id = %account, grant.trouble = why, "A grant was not taken");
            }
            traded
        }
        (Reply::Exchange(_), _) => Err("the grantee's token is not known".to_owned()),
    };
    let outcome = traded.as_ref().map_or_else(|why| Err(why.as_str()), |()| Ok(()));
    serde_json::to_string(&Exchange::answer(outcome, &id)).map_err(ApiError::internal)
}

/// Trades the code for tokens and stores them; only then has the grant been taken.
async fn trade(app: &App, account: AccountId, region: Region, exchange: &Exchange) -> Result<(), String> {
    let amazon = app.amazon.as_ref().ok_or("this server is not set up to send events")?;
    let asked = TokenRequest::Code { code: &exchange.code, redirect_uri: None, verifier: None };
    let heard = amazon.token(region, asked).await;
    let attempt = Attempt { number: 1, refreshed: false, divisible: false, jitter: 0 };
    let now = app.clock.now();
    let granted = match classify_token(heard.came(), attempt, now) {
        TokenAnswer::Granted(granted) => granted,
        TokenAnswer::Again { .. } => return Err("Amazon's token endpoint did not answer in time".to_owned()),
        TokenAnswer::Stop(why) => return Err(why.to_string()),
    };
    let refresh = granted.refresh.ok_or("Amazon gave no refresh token")?;
    let ends_at = granted.ends_at.timestamp_millis();
    let unkept = "the tokens could not be stored";
    let tokens = amazon.seal(account, &Tokens { access: granted.access, refresh }).map_err(|_| unkept)?;
    let link = NewLink { region, tokens, ends_at };
    app.store.put_link(account, link, now.timestamp_millis()).await.map_err(|_| unkept.to_owned())
}

/// The account's devices.
async fn described(app: &App, account: AccountId) -> Result<Arc<Described>, StoreError> {
    let as_of = app.store.furnished();
    if let Some(described) = app.shown.find(account, as_of) {
        return Ok(described);
    }
    let manufacturer = app.config.alexa.as_ref().map_or("Refill", |alexa| &alexa.manufacturer);
    let registered = app.store.devices(account).await?;
    let mut models: Vec<_> = registered.iter().map(|device| device.model.clone()).collect();
    models.sort();
    models.dedup();
    let (mut assigned, mut named) = (Vec::new(), Vec::new());
    for model in models {
        assigned.extend(app.store.replenishments(model.clone()).await?);
        named.extend(app.store.registered_texts(model).await?);
    }
    let mut described = Described::default();
    for of in registered {
        let seen_at = DateTime::from_timestamp_millis(of.registered_at).unwrap_or_default();
        // A model that can't be told to Alexa is left out; the relay's log says why.
        let Ok(device) = describe(&of, &assigned, &named, manufacturer, seen_at) else { continue };
        described.devices.push(device);
        described.registered.push(of);
    }
    let described = Arc::new(described);
    app.shown.remember(account, Arc::clone(&described), as_of);
    Ok(described)
}

/// The account's devices as far as the directive needs them: with levels for the one that is asked for its state.
async fn with_state<'a>(
    app: &App,
    account: AccountId,
    described: &'a Described,
    directive: &Directive,
) -> Result<Cow<'a, [Device]>, StoreError> {
    let mut devices = Cow::Borrowed(&described.devices[..]);
    if let Asked::ReportState { appliance, .. } = &directive.asked
        && let Some(at) = devices.iter().position(|device| device.id == *appliance)
    {
        state(app, account, &described.registered[at], &mut devices.to_mut()[at]).await?;
    }
    Ok(devices)
}

/// Fills in levels and health.
async fn state(
    app: &App,
    account: AccountId,
    registered: &Registered,
    device: &mut Device,
) -> Result<(), StoreError> {
    let view: Option<RelayView> = app.store.relay_view(account).await?;
    let told = view.as_ref().and_then(|view| crate::relay::told(view, registered));
    if let Some((health, seen_at)) = told.as_ref().map(|told| (told.health, told.seen_at)) {
        device.connectivity = health.unwrap_or(device.connectivity);
        device.seen_at = seen_at.min(app.clock.now());
    }
    for slot in registered.slots.iter().filter(|slot| slot.sensor == SensorKind::Level) {
        let kept = told.as_ref().and_then(|told| told.states.get(&slot.id).cloned());
        let state = match kept {
            Some(state) => state,
            None => {
                let all = app.store.slot_entries(account, slot.id, i64::MIN, i64::MAX).await?;
                Fold::of(slot, &all).state
            }
        };
        if let Some(sensor) = device.sensors.iter_mut().find(|sensor| sensor.instance == slot.instance) {
            sensor.level = level_now(slot, &state);
        }
    }
    Ok(())
}
