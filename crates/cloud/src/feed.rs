//! The feed: every change of an account as server-sent events, in order, from any cursor that is still kept. A reader is
//! never ahead of what is on disk and never holds more than one page of it in memory: the next page is read when the
//! connection has taken the last, once for all of an account's readers that are as far. Signs of life come at a fixed
//! interval; the feed ends when its token does.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use crate::access::{Caller, Customer};
use crate::clock::Sleep;
use crate::error::{ApiError, Code, Problem};
use crate::extract::Params;
use crate::ids::AccountId;
use crate::serve::Lasting;
use crate::state::{App, Shared};
use crate::store::{Change, Feed, FeedItem, StoreError};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta};
use http_body::Frame;
use serde::Deserialize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::watch;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(feed))
}

/// Changes read at once.
const PAGE: usize = 200;

/// Bytes given to a connection at once (`reliability.md` E5: at most 256 kB a connection).
const PAGE_BYTES: usize = 64 * 1024;

/// How long a reader waits when the store has too much to do.
const BREATH: TimeDelta = TimeDelta::milliseconds(50);

/// What a client should wait before it comes back, ms; it adds its own jitter.
const COME_BACK: u32 = 3000;

/// The accounts that have feeds open.
#[derive(Debug, Default)]
pub struct Streams(Mutex<HashMap<AccountId, Open>>);

/// An account's feeds.
#[derive(Debug, Default)]
struct Open {
    count: usize,
    last: Arc<Last>,
}

/// The page that was told last, for the account's other readers: a change is read and written out once, however many
/// hear of it. Nothing is kept where there is one reader.
type Last = tokio::sync::Mutex<Option<Page>>;

/// A stretch of the feed as it is sent.
#[derive(Debug, Clone)]
struct Page {
    /// It goes on from here.
    after: u64,
    /// The number of its last change.
    upto: u64,
    /// The account's newest number when it was read; with a newer one it is out of date.
    head: u64,
    text: Bytes,
    changes: u64,
    /// A link was removed.
    unlinked: bool,
}

/// One open feed's place.
struct Place {
    app: Shared,
    account: AccountId,
    last: Arc<Last>,
}

impl Place {
    fn take(app: &Shared, account: AccountId) -> Result<Self, ApiError> {
        let max = app.config.feed.streams_per_account;
        let mut all = app.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = all.entry(account).or_default();
        if open.count >= max {
            let mut error = ApiError::new(Code::TooManyStreams, format!("At most {max} feeds may be open."));
            error.retry_after = Some(60);
            return Err(error);
        }
        open.count += 1;
        app.metrics.streams.inc();
        Ok(Self { app: Shared::clone(app), account, last: Arc::clone(&open.last) })
    }

    /// The stretch after a number: the one another reader has just had, or from the store.
    async fn page(&self, after: u64, head: u64) -> Result<Told, StoreError> {
        // Whoever comes meanwhile waits here instead of asking the store the same.
        let mut last = self.last.lock().await;
        if let Some(page) = last.as_ref().filter(|page| (page.after, page.head) == (after, head)) {
            return Ok(Told::Page(page.clone()));
        }
        let items = match self.app.store.feed(self.account, after, PAGE).await? {
            Feed::Gone => return Ok(Told::Gone),
            Feed::Told(items) if items.is_empty() => return Ok(Told::Nothing),
            Feed::Told(items) => items,
        };
        let page = Page::of(items, after, head)?;
        // The table of open feeds and this place hold it; who else does is another reader.
        let shared = Arc::strong_count(&self.last) > 2;
        *last = shared.then(|| page.clone());
        Ok(Told::Page(page))
    }
}

/// What comes after a number.
enum Told {
    Page(Page),
    /// What was told under those numbers went with its device.
    Nothing,
    Gone,
}

impl Page {
    fn of(items: Vec<FeedItem>, after: u64, head: u64) -> Result<Self, StoreError> {
        let (mut text, mut page) = (
            String::new(),
            Self { after, upto: after, head, text: Bytes::new(), changes: 0, unlinked: false },
        );
        for item in items {
            if text.len() > PAGE_BYTES {
                break;
            }
            let body = serde_json::to_string(&item.change).map_err(|why| StoreError::Failed(why.into()))?;
            // Writing to a string can't fail.
            let _ = write!(text, "id: {}\nevent: {}\ndata: {body}\n\n", item.seq, item.change.word());
            page.unlinked |= matches!(item.change, Change::LinkRemoved { .. });
            page.upto = item.seq;
            page.changes += 1;
        }
        page.text = text.into();
        Ok(page)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.app.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = all.get_mut(&self.account) {
            open.count -= 1;
            if open.count == 0 {
                all.remove(&self.account);
            }
        }
        self.app.metrics.streams.dec();
    }
}

/// Where to go on, for clients that can't send `Last-Event-ID` at first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The number of the last change that is known. Absent, and without `Last-Event-ID`: from now on.
    after: Option<u64>,
}

/// Every change of the account, as it happens.
#[utoipa::path(get, path = "/v1/feed", tag = "ledger",
    params(After, ("last-event-id" = Option<u64>, Header, description = "The number of the last change that is known")),
    responses((status = 200, description = "Server-sent events; `id` is the change's number", content_type = "text/event-stream"),
              (status = 410, body = Problem, description = "Pull everything again"),
              (status = 429, body = Problem)))]
async fn feed(
    State(app): State<Shared>,
    Customer(by): Customer,
    Params(from): Params<After>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").map(|value| {
        let number = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
        number
            .ok_or_else(|| ApiError::new(Code::InvalidParameter, "Last-Event-ID is a number that was told."))
    });
    let place = Place::take(&app, by.account)?;
    let changes = app.store.changes(by.account).await?;
    let cursor = match last.transpose()?.or(from.after) {
        Some(cursor) => cursor,
        None => *changes.borrow(),
    };
    if app.store.feed(by.account, cursor, 0).await? == Feed::Gone {
        let why = "This cursor is older than what is kept, or was never told. Pull everything again.";
        return Err(ApiError::new(Code::CursorGone, why));
    }
    let reader = Reader { place, by, cursor, changes, first: true, ended: false };
    let stream = Stream { next: Box::pin(next(reader)) };
    let mut response = Body::new(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Tells proxies of the nginx kind not to hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.extensions_mut().insert(Lasting);
    Ok(response)
}

/// One reader's state between two pages.
struct Reader {
    place: Place,
    by: Arc<Caller>,
    cursor: u64,
    changes: watch::Receiver<u64>,
    first: bool,
    ended: bool,
}

type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Reader)>> + Send>>;

/// The body: whatever comes next, when the connection asks for it.
struct Stream {
    next: Next,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.next.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.next = Box::pin(std::future::ready(None));
                Poll::Ready(None)
            }
            Poll::Ready(Some((bytes, reader))) => {
                self.next = Box::pin(next(reader));
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }
}

fn time(ms: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
}

/// Waits for what comes next; absent when the feed ends.
async fn next(mut reader: Reader) -> Option<(Bytes, Reader)> {
    let app = Shared::clone(&reader.place.app);
    if reader.ended {
        return None;
    }
    if reader.first {
        reader.first = false;
        return Some((format!("retry: {COME_BACK}\n\n").into(), reader));
    }
    let now = app.clock.now();
    let alive = now + TimeDelta::seconds(app.config.feed.heartbeat_seconds.into());
    let mut alive: Sleep = app.clock.sleep_until(alive);
    let ends_at = time(reader.by.ends_at);
    loop {
        if app.stopping.is_cancelled() || app.clock.now() >= ends_at {
            return None;
        }
        let head = *reader.changes.borrow_and_update();
        if head > reader.cursor {
            match reader.place.page(reader.cursor, head).await {
                Ok(Told::Page(page)) => return tell(&app, page, reader).await,
                Ok(Told::Nothing) => reader.cursor = head,
                Ok(Told::Gone) => {
                    reader.ended = true;
                    return Some((Bytes::from_static(b"event: gone\ndata: {}\n\n"), reader));
                }
                // Everybody asks at once; nobody is sent away for that.
                Err(StoreError::Busy) => app.clock.sleep_until(app.clock.now() + BREATH).await,
                // The client comes back with its cursor.
                Err(_) => return None,
            }
            continue;
        }
        tokio::select! {
            () = app.stopping.cancelled() => return None,
            changed = reader.changes.changed() => changed.ok()?,
            () = &mut alive => return Some((Bytes::from_static(b":\n\n"), reader)),
        }
    }
}

async fn tell(app: &App, page: Page, mut reader: Reader) -> Option<(Bytes, Reader)> {
    reader.cursor = page.upto;
    app.metrics.told.inc_by(page.changes);
    if page.unlinked {
        // Perhaps it was this link.
        let grants = app.store.grants(reader.place.account).await.ok()?;
        reader.ended = !grants.iter().any(|grant| grant.id == reader.by.grant);
    }
    Some((page.text, reader))
}
