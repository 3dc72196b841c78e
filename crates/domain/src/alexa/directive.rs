//! Directives from Alexa, read leniently: unknown members are ignored, and a `correlationToken` where none belongs is
//! passed over. Sizes are limited, and what can't be read says which member, and still knows enough to be answered.

mod parts;

use super::ids::{ApplianceId, MessageId};
use crate::secret::Secret;
use parts::{Body, Endpoint, Header, Key, Object, Parts, Payload, Text};

/// Bytes of a directive (ours): a hundred times the largest sample.
pub const DIRECTIVE_MAX: usize = 256 * 1024;

/// Bytes of a token or code in it (ours): twice the largest of Amazon's own (protocols 3.3).
pub const TOKEN_MAX: usize = 4096;

/// Bytes of a correlation token that is echoed (ours); it is opaque.
const CORRELATION_MAX: usize = 16 * 1024;

/// One directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its own id, for the logs.
    pub message: Option<MessageId>,
    /// What the answer must echo, unchanged.
    pub correlation: Option<String>,
    /// What it asks for.
    pub asked: Asked,
}

/// What a directive asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Which devices the customer has. A token that is missing is as good as one we don't know.
    Discover {
        /// The customer's token of ours.
        token: Option<Secret>,
    },
    /// How one device is.
    ReportState {
        /// The customer's token of ours.
        token: Secret,
        /// Which device.
        appliance: ApplianceId,
    },
    /// Amazon hands over a code for tokens that let us send events of this customer.
    AcceptGrant {
        /// The code for Amazon's token endpoint.
        code: Secret,
        /// The customer's token of ours.
        grantee: Secret,
    },
    /// Anything else.
    Other {
        /// `namespace.name`, for the logs, cut to 200 characters.
        name: String,
        /// The customer's token of ours, if there is one.
        token: Option<Secret>,
        /// Which device, if one is named.
        appliance: Option<ApplianceId>,
    },
}

impl Directive {
    /// The customer's token, by which the account is found.
    pub fn token(&self) -> Option<&Secret> {
        match &self.asked {
            Asked::Discover { token } | Asked::Other { token, .. } => token.as_ref(),
            Asked::ReportState { token, .. } => Some(token),
            Asked::AcceptGrant { grantee, .. } => Some(grantee),
        }
    }
}

/// A directive that can't be used, with what an answer needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct BadDirective {
    /// What is wrong, naming the member. It repeats nothing of a token.
    pub why: String,
    /// It is an `AcceptGrant`, whose failures have their own message.
    pub grant: bool,
    /// What the answer must echo.
    pub correlation: Option<String>,
    /// Which device it was about, if that could be read.
    pub appliance: Option<ApplianceId>,
}

/// Reads a directive.
///
/// # Errors
/// [`BadDirective`] for bytes that are no JSON, for members that are missing or of another type, and above the limits.
pub fn read_directive(body: &[u8]) -> Result<Directive, BadDirective> {
    let bare = |why: String| BadDirective { why, grant: false, correlation: None, appliance: None };
    if body.len() > DIRECTIVE_MAX {
        return Err(bare(format!("the directive has more than {DIRECTIVE_MAX} bytes")));
    }
    let root: Object<Body<'_>> =
        serde_json::from_slice(body).map_err(|error| bare(format!("the directive is not JSON: {error}")))?;
    let Some(directive) = root.0.and_then(|body| body.directive.0) else {
        return Err(bare("`directive` is missing".into()));
    };
    let reader = Reader::of(directive);
    reader.read().map_err(|why| BadDirective {
        why,
        grant: reader.name() == ("Alexa.Authorization", "AcceptGrant"),
        correlation: reader.correlation().ok().flatten(),
        appliance: reader.appliance().ok(),
    })
}

/// The parts; those that are missing are empty.
struct Reader<'a> {
    header: Header<'a>,
    endpoint: Endpoint<'a>,
    payload: Payload<'a>,
}

impl<'a> Reader<'a> {
    fn of(parts: Parts<'a>) -> Self {
        Self {
            header: parts.header.0.unwrap_or_default(),
            endpoint: parts.endpoint.0.unwrap_or_default(),
            payload: parts.payload.0.unwrap_or_default(),
        }
    }

    fn read(&self) -> Result<Directive, String> {
        let (namespace, name) = self.name();
        if namespace.is_empty() || name.is_empty() {
            return Err("`directive.header` needs a namespace and a name".into());
        }
        if self.header.payload_version.some() != Some("3") {
            return Err("`directive.header.payloadVersion` must be \"3\"".into());
        }
        let correlation = self.correlation()?;
        let of_endpoint = || bearer(&self.endpoint.scope, "endpoint.scope");
        let of_payload = || bearer(&self.payload.scope, "payload.scope");
        let asked = match (namespace, name) {
            ("Alexa.Discovery", "Discover") => Asked::Discover { token: of_payload().ok() },
            ("Alexa", "ReportState") => {
                Asked::ReportState { token: of_endpoint()?, appliance: self.appliance()? }
            }
            ("Alexa.Authorization", "AcceptGrant") => {
                let grant = key(&self.payload.grant, "payload.grant", "OAuth2.AuthorizationCode")?;
                Asked::AcceptGrant {
                    code: secret(&grant.code, "payload.grant", "code")?,
                    grantee: bearer(&self.payload.grantee, "payload.grantee")?,
                }
            }
            _ => Asked::Other {
                name: format!("{namespace}.{name}").chars().take(200).collect(),
                token: of_endpoint().or_else(|_| of_payload()).ok(),
                appliance: self.appliance().ok(),
            },
        };
        // Discovery and grants carry no correlation token; a published sample shows one by mistake (protocols 2.4).
        let echoes = !matches!(asked, Asked::Discover { .. } | Asked::AcceptGrant { .. });
        let message = self.header.message_id.some().and_then(|id| id.parse().ok());
        Ok(Directive { message, correlation: correlation.filter(|_| echoes), asked })
    }

    fn name(&self) -> (&str, &str) {
        (self.header.namespace.some().unwrap_or_default(), self.header.name.some().unwrap_or_default())
    }

    fn appliance(&self) -> Result<ApplianceId, String> {
        text(&self.endpoint.endpoint_id, "endpoint", "endpointId")?
            .parse()
            .map_err(|_| "`directive.endpoint.endpointId` is none of ours".to_owned())
    }

    fn correlation(&self) -> Result<Option<String>, String> {
        match &self.header.correlation_token {
            Text::None => Ok(None),
            Text::Is(token) if token.len() <= CORRELATION_MAX => Ok(Some(token.to_string())),
            Text::Is(_) | Text::Other => {
                Err("`directive.header.correlationToken` is no text, or too long".into())
            }
        }
    }
}

/// The text of a member of an object of the directive.
fn text<'a>(of: &'a Text<'_>, object: &str, member: &str) -> Result<&'a str, String> {
    of.some().ok_or_else(|| format!("`directive.{object}.{member}` is missing or no text"))
}

fn secret(of: &Text<'_>, object: &str, member: &str) -> Result<Secret, String> {
    let text = text(of, object, member)?;
    // Without a way out in between, so that many bytes are looked at together.
    let visible = text.bytes().fold(true, |visible, byte| visible & byte.is_ascii_graphic());
    if visible && text.len() <= TOKEN_MAX {
        Ok(Secret::new(text))
    } else {
        Err(format!("`directive.{object}.{member}` is no token"))
    }
}

/// A key of this kind.
fn key<'a, 'b>(of: &'a Object<Key<'b>>, object: &str, kind: &str) -> Result<&'a Key<'b>, String> {
    let missing = || format!("`directive.{object}.type` is missing or no text");
    let key = of.0.as_ref().ok_or_else(missing)?;
    if text(&key.kind, object, "type")? == kind {
        Ok(key)
    } else {
        Err(format!("`directive.{object}.type` must be {kind:?}"))
    }
}

fn bearer(of: &Object<Key<'_>>, object: &str) -> Result<Secret, String> {
    secret(&key(of, object, "BearerToken")?.token, object, "token")
}

#[cfg(test)]
mod tests;
