//! What a caller is told when something can't be done: problem details (RFC 9457) with a stable code, a sentence that
//! says what to do, and the request's id. Causes go to the log, never to the caller.

use crate::store::StoreError;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $wire:literal $status:ident;)*) => {
        /// Stable names of what went wrong. A name is never reused for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $wire)] $name,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// Its name on the wire.
            pub fn wire(self) -> &'static str {
                match self { $(Code::$name => $wire,)* }
            }

            /// The HTTP status it comes with.
            pub fn status(self) -> StatusCode {
                match self { $(Code::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// Not JSON, or not the JSON that was expected.
    InvalidBody "invalid_body" BAD_REQUEST;
    /// A parameter in the address or a header can't be.
    InvalidParameter "invalid_parameter" BAD_REQUEST;
    /// A member of the body can't be; `field` names it.
    InvalidField "invalid_field" UNPROCESSABLE_ENTITY;
    /// No token, or one that opens nothing (any more).
    Unauthorized "unauthorized" UNAUTHORIZED;
    /// The token is good, but not for this.
    Forbidden "forbidden" FORBIDDEN;
    /// There is no such thing, or it is somebody else's.
    NotFound "not_found" NOT_FOUND;
    /// This address does not take that method.
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED;
    /// Somebody signs in with this address already.
    EmailTaken "email_taken" CONFLICT;
    /// This serial number is registered to somebody.
    DeviceTaken "device_taken" CONFLICT;
    /// This id was used before, for something else.
    IdReused "id_reused" CONFLICT;
    /// The model is there already and differs.
    ModelDiffers "model_differs" CONFLICT;
    /// Amazon was told another replenishment ID for this slot.
    ReplenishmentFrozen "replenishment_frozen" CONFLICT;
    /// The Dash console no longer takes this change.
    RegistrationFrozen "registration_frozen" CONFLICT;
    /// Somebody else changed it since it was read: read it again.
    ChangedMeanwhile "changed_meanwhile" PRECONDITION_FAILED;
    /// Only a message that was put aside can be sent again or discarded.
    NotPutAside "not_put_aside" CONFLICT;
    /// This request for access was answered, has ended or lapsed.
    AccessDecided "access_decided" CONFLICT;
    /// The cursor is older than what is kept, or unknown: pull everything again.
    CursorGone "cursor_gone" GONE;
    /// More than this address takes.
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE;
    /// Send `Content-Type: application/json`.
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE;
    /// Too many of these in a short time.
    RateLimited "rate_limited" TOO_MANY_REQUESTS;
    /// More open feeds than one account, or this server, holds.
    TooManyStreams "too_many_streams" TOO_MANY_REQUESTS;
    /// A fault of the server.
    Internal "internal" INTERNAL_SERVER_ERROR;
    /// More work than can be taken in right now, or the server is going down.
    Unavailable "unavailable" SERVICE_UNAVAILABLE;
    /// One of the clocks is wrong; send it again later.
    ClockDiffers "clock_differs" SERVICE_UNAVAILABLE;
    /// The disk is full: nothing was stored, reading goes on.
    StorageFull "storage_full" INSUFFICIENT_STORAGE;
}

/// One thing that went wrong.
#[derive(Debug)]
pub struct ApiError {
    /// Which.
    pub code: Code,
    /// A sentence for whoever wrote the request.
    pub detail: String,
    /// The member of the body it is about.
    pub field: Option<String>,
    /// Seconds after which it may be tried again.
    pub retry_after: Option<u64>,
    /// For the log alone.
    pub cause: Option<anyhow::Error>,
}

impl ApiError {
    /// A code and a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, retry_after: None, cause: None }
    }

    /// About one member of the body.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// A member of the body that can't be.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidField, detail).at(field)
    }

    /// Nothing here, or not the caller's.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here that you may see.")
    }

    /// Come back after so many seconds.
    pub fn rate_limited(seconds: u64) -> Self {
        let mut error = Self::new(Code::RateLimited, format!("Too many requests. Wait {seconds} s."));
        error.retry_after = Some(seconds);
        error
    }

    /// A fault of ours.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let mut error = Self::new(Code::Internal, "The server failed. The request's id finds it in the log.");
        error.cause = Some(cause.into());
        error
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => {
                let mut error = Self::new(
                    Code::StorageFull,
                    "The disk is full. Nothing was stored; send it again later.",
                );
                error.retry_after = Some(60);
                error
            }
            StoreError::Busy | StoreError::Closed => {
                let mut error =
                    Self::new(Code::Unavailable, "Too busy right now. Send it again in a moment.");
                error.retry_after = Some(1);
                error
            }
            StoreError::Failed(cause) => Self::internal(cause),
        }
    }
}

/// Problem details as they are sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:refill:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What to do.
    pub detail: String,
    /// The member of the body it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Names this request in the log.
    pub request_id: String,
}

/// The error as it travels to the outermost layer, which knows the request's id.
#[derive(Debug, Clone)]
pub struct Carried(std::sync::Arc<ApiError>);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(Carried(std::sync::Arc::new(self)));
        response
    }
}

impl Carried {
    /// The error.
    pub fn error(&self) -> &ApiError {
        &self.0
    }

    /// The whole answer; `headers` are those the layers below set.
    pub fn render(&self, request_id: &str, headers: HeaderMap) -> Response {
        let error = &*self.0;
        let status = error.code.status();
        let problem = Problem {
            kind: format!("urn:refill:problem:{}", error.code.wire()),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: error.code,
            detail: error.detail.clone(),
            field: error.field.clone(),
            request_id: request_id.to_owned(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        *response.headers_mut() = headers;
        let headers = response.headers_mut();
        headers.remove(axum::http::header::CONTENT_LENGTH);
        headers.insert("content-type", axum::http::HeaderValue::from_static("application/problem+json"));
        headers.insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
        if let Some(seconds) = error.retry_after {
            headers.insert("retry-after", seconds.into());
        }
        if error.code == Code::Unauthorized {
            let challenge = axum::http::HeaderValue::from_static("Bearer error=\"invalid_token\"");
            headers.insert("www-authenticate", challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_told_apart_and_never_change() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.wire()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        let known = [
            "access_decided",
            "body_too_large",
            "changed_meanwhile",
            "clock_differs",
            "cursor_gone",
            "device_taken",
            "email_taken",
            "forbidden",
            "id_reused",
            "internal",
            "invalid_body",
            "invalid_field",
            "invalid_parameter",
            "method_not_allowed",
            "model_differs",
            "not_found",
            "not_put_aside",
            "rate_limited",
            "replenishment_frozen",
            "registration_frozen",
            "storage_full",
            "too_many_streams",
            "unauthorized",
            "unavailable",
            "unsupported_media_type",
        ];
        assert_eq!(names, known.into_iter().collect(), "a code that is gone breaks whoever acts on it");
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.wire());
        }
    }

    #[test]
    fn a_full_disk_is_507() {
        let error = ApiError::from(StoreError::Full);
        assert_eq!(error.code.status().as_u16(), 507);
    }
}
