//! The conversation with Amazon: tokens for the customer's code, the region of the customer's account, and the skill
//! enabled, looked at or turned off there (protocols 6.2). What Amazon refuses leaves nothing behind here: a grant that
//! Alexa fetched on the way is revoked. What nobody heard the end of is asked about.

use super::Way;
use crate::config::ClientKind;
use crate::ids::AccountId;
use crate::oauth::rules::CODE_LIFE;
use crate::relay::Tokens;
use crate::secret::{Door, Secret};
use crate::state::App;
use crate::store::alexa::{FlowRow, PermissionRow};
use crate::store::relay::RelayChanges;
use crate::store::{CodeRow, Role, StoreError};
use refill_domain::enablement::{self, AlexaLink, Answer, ENDPOINT_PATH, Refusal, Verb, classify, hosts};
use refill_domain::gateway::Heard;
use refill_domain::gateway::{
    Attempt, Came, Region, Stop, TokenAnswer, TokenRequest, TokenStop, classify_token,
};
use refill_domain::outbox::{Gate, GateState};
use refill_domain::secret::Secret as Hidden;
use reqwest::Method;

/// Why nothing was enabled or turned off.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Amazon does not answer, or asks to wait.
    #[error("Amazon does not answer")]
    Later,
    /// Amazon refused.
    #[error(transparent)]
    Refused(Refusal),
    /// Amazon refuses this server: its client id, secret, address or region.
    #[error("Amazon refuses the settings of this server")]
    Settings,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours.
    #[error(transparent)]
    Ours(anyhow::Error),
}

async fn tokens(app: &App, way: &Way<'_>, request: TokenRequest<'_>) -> Result<Tokens, Failed> {
    let before = match request {
        TokenRequest::Refresh { token } => Some(token.clone()),
        TokenRequest::Code { .. } => None,
    };
    let heard = way.amazon.token(way.config().region, request).await;
    let attempt = Attempt { number: 1, refreshed: false, divisible: false, jitter: 0 };
    match classify_token(heard.came(), attempt, app.clock.now()) {
        // Without a refresh token the skill can be enabled now, and not be looked at later.
        TokenAnswer::Granted(granted) => Ok(Tokens {
            access: granted.access,
            refresh: granted.refresh.or(before).unwrap_or_else(|| Hidden::new("")),
        }),
        TokenAnswer::Again { .. } => Err(Failed::Later),
        TokenAnswer::Stop(TokenStop::LinkLost) => Err(Failed::Refused(Refusal::Token)),
        TokenAnswer::Stop(TokenStop::Configuration(_) | TokenStop::NoToken) => Err(Failed::Settings),
    }
}

/// Where the customer's account is registered: the regions Amazon names.
async fn regions(way: &Way<'_>, access: &Hidden) -> Result<Vec<Region>, Failed> {
    let url = |region| way.config().api_url(region);
    let first = format!("{}{ENDPOINT_PATH}", url(way.config().region));
    let heard = way.amazon.api(Method::GET, &first, access, None).await;
    let body = match heard.came() {
        Came::Answer { status: 200..=299, body, .. } => body,
        Came::Answer { status: 401, .. } => return Err(Failed::Refused(Refusal::Token)),
        Came::Answer { status: 408 | 425 | 429 | 500..=599, .. } | Came::NotSent | Came::Lost => {
            return Err(Failed::Later);
        }
        Came::Answer { .. } => return Err(Failed::Settings),
    };
    // A token goes to hosts that are in the settings, and to no other that an answer names.
    let host = |region| {
        let url = url(region);
        url.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default()
    };
    let named = hosts(body);
    let found: Vec<Region> =
        Region::ALL.into_iter().filter(|region| named.contains(&host(*region))).collect();
    if found.is_empty() { Err(Failed::Settings) } else { Ok(found) }
}

async fn ask(way: &Way<'_>, verb: Verb, region: Region, access: &Hidden, body: Option<Vec<u8>>) -> Answer {
    let url = format!("{}{}", way.config().api_url(region), enablement::path(way.skill));
    let method = match verb {
        Verb::Enable => Method::POST,
        Verb::Look => Method::GET,
        Verb::Disable => Method::DELETE,
    };
    let heard: Heard = way.amazon.api(method, &url, access, body).await;
    let answer = classify(verb, heard.came());
    tracing::info!(enabling.verb = ?verb, enabling.region = ?region, enabling.answer = ?answer, "Amazon's enablement interface");
    answer
}

/// Enables the skill for a customer who came back with Amazon's code.
///
/// # Errors
/// Why it is not enabled; nothing of the try is left.
pub async fn enable(app: &App, way: &Way<'_>, flow: &FlowRow, code: &Hidden) -> Result<(), Failed> {
    let account = flow.account;
    let key = way.config().key().ok_or(Failed::Settings)?;
    let verifier = Hidden::new(key.open::<String>(account, &flow.sealed).map_err(Failed::Ours)?);
    let request = TokenRequest::Code { code, redirect_uri: Some(&way.back), verifier: Some(&verifier) };
    let tokens = tokens(app, way, request).await?;
    let regions = regions(way, &tokens.access).await?;
    let before = app.store.alexa_stands(account).await?.link;
    let mut last = Failed::Settings;
    // Where Amazon can't tell the region, all it names are asked; the right one knows the customer.
    for region in regions {
        match enable_in(app, way, account, region, &tokens.access).await? {
            Answer::Enabled => {
                let sealed = way.amazon.seal(account, &tokens).map_err(Failed::Ours)?;
                let row = PermissionRow { region, sealed, enabled: true };
                app.store.put_alexa_permission(account, row, app.clock.now_ms()).await?;
                return Ok(());
            }
            Answer::Refused(why) => last = Failed::Refused(why),
            Answer::Later | Answer::NotEnabled => last = Failed::Later,
        }
    }
    // What nobody heard the end of may still be done.
    if !matches!(last, Failed::Later) {
        undo(app, flow, before).await?;
    }
    Err(last)
}

async fn enable_in(
    app: &App,
    way: &Way<'_>,
    account: AccountId,
    region: Region,
    access: &Hidden,
) -> Result<Answer, Failed> {
    let code = Secret::new(Door::Code, account).map_err(Failed::Ours)?;
    let row = CodeRow {
        account,
        hash: code.hash(),
        client: way.client.to_owned(),
        redirect_uri: way.back.clone(),
        challenge: None,
        scope: Role::Customer.word().to_owned(),
        expires_at: app.clock.now_ms() + CODE_LIFE,
        used_for: None,
    };
    app.store.put_code(row).await?;
    let body = enablement::body(way.config().stage, &way.back, &Hidden::new(code.expose()));
    let body = serde_json::to_vec(&body).map_err(|why| Failed::Ours(why.into()))?;
    match ask(way, Verb::Enable, region, access, Some(body)).await {
        // It may have been done all the same.
        Answer::Later => match ask(way, Verb::Look, region, access, None).await {
            Answer::Enabled => Ok(Answer::Enabled),
            _ => Ok(Answer::Later),
        },
        answer => Ok(answer),
    }
}

/// Ends what Alexa fetched for a try that was refused.
async fn undo(app: &App, flow: &FlowRow, before: AlexaLink) -> Result<(), Failed> {
    revoke(app, flow.account, flow.begun_at).await?;
    let is = |link| matches!(link, AlexaLink::Enabled { .. });
    if !is(before) && is(app.store.alexa_stands(flow.account).await?.link) {
        app.store.unlink(flow.account, app.clock.now_ms()).await?;
    }
    Ok(())
}

/// Revokes what Alexa was granted since then.
async fn revoke(app: &App, account: AccountId, since: i64) -> Result<(), Failed> {
    let alexa = |id: &str| app.client(id).is_some_and(|client| client.kind == ClientKind::Alexa);
    for grant in app.store.grants(account).await? {
        if alexa(&grant.client) && grant.created_at >= since {
            app.store.revoke_grant(account, grant.id, app.clock.now_ms()).await?;
        }
    }
    app.access.forget(account);
    Ok(())
}

/// Amazon's permission with a fresh access token, which is kept before it is used; absent where there is none any more.
async fn permitted(app: &App, way: &Way<'_>, account: AccountId) -> Result<Option<(Region, Hidden)>, Failed> {
    let Some(row) = app.store.alexa_permission(account).await? else { return Ok(None) };
    let kept = way.amazon.open(account, &row.sealed).map_err(Failed::Ours)?;
    let fresh = match tokens(app, way, TokenRequest::Refresh { token: &kept.refresh }).await {
        Err(Failed::Refused(_)) => return Ok(None),
        other => other?,
    };
    let sealed = way.amazon.seal(account, &fresh).map_err(Failed::Ours)?;
    let region = row.region;
    app.store.put_alexa_permission(account, PermissionRow { sealed, ..row }, app.clock.now_ms()).await?;
    Ok(Some((region, fresh.access)))
}

/// Asks whether the skill is still enabled, and stops what goes to Alexa if it is not.
///
/// # Errors
/// Amazon does not answer, or the store's.
pub async fn look(app: &App, way: &Way<'_>, account: AccountId) -> Result<(), Failed> {
    let Some((region, access)) = permitted(app, way, account).await? else { return Ok(()) };
    match ask(way, Verb::Look, region, &access, None).await {
        Answer::Later => return Err(Failed::Later),
        Answer::NotEnabled => {}
        Answer::Enabled | Answer::Refused(_) => return Ok(()),
    }
    let Some(view) = app.store.relay_view(account).await? else {
        return Ok(app.store.unlink(account, app.clock.now_ms()).await?);
    };
    let generation = view.link.gate.generation;
    let gate = Some(Gate { state: GateState::Stopped { why: Stop::SkillDisabled }, generation });
    let now = app.clock.now_ms();
    // As when the gateway says so: the tokens are deleted (protocols 3.2). Linked again meanwhile, it stays linked.
    let changes = RelayChanges {
        generation,
        gate,
        tokens: Some((None, 0)),
        look_at: i64::MAX / 2,
        now,
        ..RelayChanges::default()
    };
    app.store.relay_commit(account, changes).await?;
    Ok(())
}

/// Turns the skill off at Amazon and ends what Alexa may do here; says whether Amazon knows.
///
/// # Errors
/// Amazon does not answer, and nothing was changed; or the store's.
pub async fn turn_off(app: &App, way: &Way<'_>, account: AccountId) -> Result<bool, Failed> {
    let at_amazon = match permitted(app, way, account).await? {
        None => false,
        Some((region, access)) => match ask(way, Verb::Disable, region, &access, None).await {
            Answer::Later => return Err(Failed::Later),
            Answer::NotEnabled | Answer::Enabled => true,
            Answer::Refused(_) => false,
        },
    };
    revoke(app, account, i64::MIN).await?;
    app.store.unlink(account, app.clock.now_ms()).await?;
    Ok(at_amazon)
}
