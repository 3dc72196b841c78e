//! What comes in: bodies within a size and a time, as JSON or as a form, with errors that name the member; parameters;
//! and the caller's network address.

use crate::error::{ApiError, Code};
use crate::state::Shared;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// A body must be here within this time, however slowly it comes.
const BODY_TIME: Duration = Duration::from_secs(30);

async fn bytes(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    let body = Limited::new(request.into_body(), limit).collect();
    let body = tokio::time::timeout(BODY_TIME, body)
        .await
        .map_err(|_| ApiError::new(Code::InvalidBody, "The body took too long to come."))?;
    body.map(http_body_util::Collected::to_bytes).map_err(|cause| {
        if cause.is::<http_body_util::LengthLimitError>() {
            ApiError::new(Code::BodyTooLarge, format!("Send at most {limit} bytes."))
        } else {
            ApiError::new(Code::InvalidBody, "The body was cut off.")
        }
    })
}

fn has_type(request: &Request, wanted: &str) -> bool {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    given.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(wanted))
}

async fn json<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, ApiError> {
    if !has_type(&request, "application/json") {
        return Err(ApiError::new(Code::UnsupportedMediaType, "Send `Content-Type: application/json`."));
    }
    let bytes = bytes(request, limit).await?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|cause| {
        let path = cause.path().to_string();
        let inner = cause.into_inner();
        // A number where a word is wanted is a syntax error to serde_json, and yet the body is JSON.
        let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        if inner.is_data() || is_json() {
            let error = ApiError::new(Code::InvalidField, sentence(&inner));
            if path == "." { error } else { error.at(path) }
        } else {
            ApiError::new(Code::InvalidBody, format!("This is no JSON: {}.", sentence(&inner)))
        }
    })?;
    reader.end().map_err(|_| ApiError::new(Code::InvalidBody, "Something follows the JSON."))?;
    Ok(value)
}

/// What serde says, cut to a length that a log can hold.
fn sentence(cause: &serde_json::Error) -> String {
    cause.to_string().chars().take(300).collect()
}

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiError> {
        json(request, app.config.limits.body_bytes).await.map(Self)
    }
}

/// A body as it came, up to the size of a batch.
#[derive(Debug)]
pub struct Raw(pub Bytes);

impl FromRequest<Shared> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiError> {
        bytes(request, app.config.limits.batch_bytes).await.map(Self)
    }
}

/// A JSON body with many things in it.
#[derive(Debug)]
pub struct Batch<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Batch<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiError> {
        json(request, app.config.limits.batch_bytes).await.map(Self)
    }
}

/// A body as it came, within the size of a message of SNS.
#[derive(Debug)]
pub struct Envelope(pub Bytes);

impl FromRequest<Shared> for Envelope {
    type Rejection = ApiError;

    async fn from_request(request: Request, _app: &Shared) -> Result<Self, ApiError> {
        bytes(request, refill_domain::sns::ENVELOPE_MAX).await.map(Self)
    }
}

/// Parameters of a form or an address, each at most once (RFC 6749 section 3.1).
#[derive(Debug, Clone, Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads them.
    ///
    /// # Errors
    /// The name that comes twice.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            let name = name.into_owned();
            if fields.insert(name.clone(), value.into_owned()).is_some() {
                return Err(name.chars().take(80).collect());
            }
        }
        Ok(Self(fields))
    }

    /// One of them; an empty one is none (RFC 6749 section 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form.
#[derive(Debug)]
pub struct Posted(pub Fields);

impl FromRequest<Shared> for Posted {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiError> {
        if !has_type(&request, "application/x-www-form-urlencoded") {
            let wanted = "Send `Content-Type: application/x-www-form-urlencoded`.";
            return Err(ApiError::new(Code::UnsupportedMediaType, wanted));
        }
        let bytes = bytes(request, app.config.limits.body_bytes).await?;
        let twice = |name| ApiError::new(Code::InvalidBody, "A parameter comes twice.").at(name);
        Fields::parse(&bytes).map(Self).map_err(twice)
    }
}

/// Parameters of the address.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let read = Query::from_request_parts(parts, app).await;
        read.map(|Query(value)| Self(value))
            .map_err(|cause| ApiError::new(Code::InvalidParameter, cause.body_text()))
    }
}

/// A part of the path. What can't be one is not found.
#[derive(Debug)]
pub struct Part<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Part<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let read = Path::from_request_parts(parts, app).await;
        read.map(|Path(value)| Self(value)).map_err(|_| ApiError::not_found())
    }
}

/// The other end of the connection, put there by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Connected(pub IpAddr);

/// Who calls, by network address.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl FromRequestParts<Shared> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let connected = parts.extensions.get::<Connected>().map(|connected| connected.0);
        let told = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let peer = told.filter(|_| app.config.behind_proxy).or(connected);
        peer.map(Self).ok_or_else(|| ApiError::internal(anyhow::anyhow!("No peer")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_twice_is_refused_and_an_empty_one_is_none() {
        let fields = Fields::parse(b"a=1&b=&c=%20x").unwrap();
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c")), (Some("1"), None, Some(" x")));
        assert_eq!(Fields::parse(b"a=1&b=2&a=1").unwrap_err(), "a");
    }
}
