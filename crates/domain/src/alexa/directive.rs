//! Directives from Alexa, read leniently: unknown members are ignored, and a `correlationToken` where none belongs is
//! passed over. Sizes are limited, and what can't be read says which member, and still knows enough to be answered.

mod node;

use super::ids::{ApplianceId, MessageId};
use crate::secret::Secret;
use node::Node;

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
    let root: Node<'_> =
        serde_json::from_slice(body).map_err(|error| bare(format!("the directive is not JSON: {error}")))?;
    let directive = root.get("directive").filter(|directive| matches!(directive, Node::Object(_)));
    let Some(directive) = directive else { return Err(bare("`directive` is missing".into())) };
    let reader = Reader { directive };
    reader.read().map_err(|why| BadDirective {
        why,
        grant: reader.name() == ("Alexa.Authorization", "AcceptGrant"),
        correlation: reader.correlation().ok().flatten(),
        appliance: reader.appliance().ok(),
    })
}

struct Reader<'a> {
    directive: &'a Node<'a>,
}

impl<'a> Reader<'a> {
    fn read(&self) -> Result<Directive, String> {
        let (namespace, name) = self.name();
        if namespace.is_empty() || name.is_empty() {
            return Err("`directive.header` needs a namespace and a name".into());
        }
        if self.directive.under("/header/payloadVersion").and_then(Node::text) != Some("3") {
            return Err("`directive.header.payloadVersion` must be \"3\"".into());
        }
        let correlation = self.correlation()?;
        let asked = match (namespace, name) {
            ("Alexa.Discovery", "Discover") => Asked::Discover { token: self.bearer("/payload/scope").ok() },
            ("Alexa", "ReportState") => {
                Asked::ReportState { token: self.bearer("/endpoint/scope")?, appliance: self.appliance()? }
            }
            ("Alexa.Authorization", "AcceptGrant") => {
                self.is("/payload/grant/type", "OAuth2.AuthorizationCode")?;
                Asked::AcceptGrant {
                    code: self.secret("/payload/grant/code")?,
                    grantee: self.bearer("/payload/grantee")?,
                }
            }
            _ => Asked::Other {
                name: format!("{namespace}.{name}").chars().take(200).collect(),
                token: self.bearer("/endpoint/scope").or_else(|_| self.bearer("/payload/scope")).ok(),
                appliance: self.appliance().ok(),
            },
        };
        // Discovery and grants carry no correlation token; a published sample shows one by mistake (protocols 2.4).
        let echoes = !matches!(asked, Asked::Discover { .. } | Asked::AcceptGrant { .. });
        let message = self.text("/header/messageId").ok().and_then(|id| id.parse().ok());
        Ok(Directive { message, correlation: correlation.filter(|_| echoes), asked })
    }

    fn name(&self) -> (&'a str, &'a str) {
        let part = |path| self.directive.under(path).and_then(Node::text).unwrap_or_default();
        (part("/header/namespace"), part("/header/name"))
    }

    fn text(&self, path: &str) -> Result<&'a str, String> {
        let found = self.directive.under(path).and_then(Node::text);
        found.filter(|text| !text.is_empty()).ok_or_else(|| format!("{} is missing or no text", shown(path)))
    }

    fn is(&self, path: &str, wanted: &str) -> Result<(), String> {
        if self.text(path)? == wanted { Ok(()) } else { Err(format!("{} must be {wanted:?}", shown(path))) }
    }

    fn secret(&self, path: &str) -> Result<Secret, String> {
        let text = self.text(path)?;
        let fits = text.len() <= TOKEN_MAX && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Secret::new(text)) } else { Err(format!("{} is no token", shown(path))) }
    }

    fn bearer(&self, path: &str) -> Result<Secret, String> {
        self.is(&format!("{path}/type"), "BearerToken")?;
        self.secret(&format!("{path}/token"))
    }

    fn appliance(&self) -> Result<ApplianceId, String> {
        self.text("/endpoint/endpointId")?
            .parse()
            .map_err(|_| "`directive.endpoint.endpointId` is none of ours".to_owned())
    }

    fn correlation(&self) -> Result<Option<String>, String> {
        match self.directive.under("/header/correlationToken") {
            None | Some(Node::Null) => Ok(None),
            Some(Node::Text(token)) if token.len() <= CORRELATION_MAX => Ok(Some(token.to_string())),
            Some(_) => Err("`directive.header.correlationToken` is no text, or too long".into()),
        }
    }
}

fn shown(path: &str) -> String {
    format!("`directive{}`", path.replace('/', "."))
}

#[cfg(test)]
mod tests;
