//! Registering a device with the older service through Login with Amazon (protocols 6.3): the address a person signs in
//! at, with the device in `scope_data`. Unapproved devices can't be asked for in production.

use super::request::encoded;
use serde::Serialize;

/// Where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// For customers: `should_include_non_live` is never sent.
    Live,
    /// With test devices of the maker, unapproved ones included.
    Development,
}

/// Why a device can't be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRegistration {
    /// A model or serial number of another form.
    #[error("the {0} must be 1 to 64 letters, digits or -+_, as registered in the Dash console")]
    Number(&'static str),
    /// A client id that is too long or empty.
    #[error("the client id must have 1 to 100 visible characters")]
    Client,
    /// LWA returns to HTTPS only, or to a registered loopback address.
    #[error("the redirect address must begin with https:// or be a registered loopback address")]
    Redirect,
    /// A PKCE challenge that is no SHA-256 in base64url.
    #[error("the code challenge must be 43 characters of base64url")]
    Challenge,
}

pub(super) fn check(model: &str, serial: &str) -> Result<(), BadRegistration> {
    let fits = |text: &str| {
        (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-+_".contains(c))
    };
    match (fits(model), fits(serial)) {
        (false, _) => Err(BadRegistration::Number("model")),
        (_, false) => Err(BadRegistration::Number("serial number")),
        (true, true) => Ok(()),
    }
}

#[derive(Serialize)]
struct ScopeData<'a> {
    #[serde(rename = "dash:replenish")]
    replenish: Device<'a>,
}

#[derive(Serialize)]
struct Device<'a> {
    device_model: &'a str,
    serial: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_test_device: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    should_include_non_live: bool,
}

/// The `scope_data` of a device, as JSON, not yet URL-encoded.
///
/// # Errors
/// [`BadRegistration::Number`].
pub fn scope_data(
    model: &str,
    serial: &str,
    test_device: bool,
    stage: Stage,
) -> Result<String, BadRegistration> {
    check(model, serial)?;
    let device = Device {
        device_model: model,
        serial,
        is_test_device: test_device,
        should_include_non_live: stage == Stage::Development,
    };
    serde_json::to_string(&ScopeData { replenish: device }).map_err(|_| BadRegistration::Number("model"))
}

/// What the sign-in needs beside the device.
#[derive(Debug, Clone, Copy)]
pub struct Authorize<'a> {
    /// The security profile's client id.
    pub client_id: &'a str,
    /// Exactly one of the profile's Allowed Return URLs.
    pub redirect_uri: &'a str,
    /// Single use, checked on the way back.
    pub state: &'a str,
    /// SHA-256 of the PKCE verifier, base64url without padding.
    pub challenge: &'a str,
    /// What [`scope_data`] made.
    pub scope_data: &'a str,
}

/// The address of Login with Amazon at which a person registers the device (protocols 3.3, 6.3), with PKCE S256.
///
/// # Errors
/// [`BadRegistration`].
pub fn authorize_url(ask: Authorize<'_>) -> Result<String, BadRegistration> {
    if !(1..=100).contains(&ask.client_id.len()) || !ask.client_id.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(BadRegistration::Client);
    }
    if !returns_well(ask.redirect_uri) {
        return Err(BadRegistration::Redirect);
    }
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if ask.challenge.len() != 43 || !ask.challenge.bytes().all(base64url) {
        return Err(BadRegistration::Challenge);
    }
    let query = [
        ("client_id", ask.client_id),
        ("scope", "dash:replenish"),
        ("scope_data", ask.scope_data),
        ("response_type", "code"),
        ("redirect_uri", ask.redirect_uri),
        ("state", ask.state),
        ("code_challenge", ask.challenge),
        ("code_challenge_method", "S256"),
    ];
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Ok(format!("https://www.amazon.com/ap/oa?{}", query.join("&")))
}

/// HTTPS, or loopback with a port and then nothing but a path.
fn returns_well(uri: &str) -> bool {
    let loopback = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"];
    let port = |rest: &str| rest.split('/').next().is_some_and(|port| port.parse::<u16>().is_ok());
    uri.bytes().all(|b| b.is_ascii_graphic())
        && (uri.starts_with("https://")
            || loopback.iter().any(|start| uri.strip_prefix(start).is_some_and(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_is_named_as_the_service_wants_it() {
        let text = scope_data("P-100", "SN+1_2", true, Stage::Development).unwrap();
        assert_eq!(
            text,
            r#"{"dash:replenish":{"device_model":"P-100","serial":"SN+1_2","is_test_device":true,"should_include_non_live":true}}"#
        );
        let live = scope_data("P-100", "SN1", false, Stage::Live).unwrap();
        assert_eq!(live, r#"{"dash:replenish":{"device_model":"P-100","serial":"SN1"}}"#);
        assert!(
            !scope_data("P", "S", true, Stage::Live).unwrap().contains("non_live"),
            "never in production"
        );
        for (model, serial, named) in [
            ("", "S", "model"),
            ("P 1", "S", "model"),
            ("P", "S/1", "serial number"),
            ("P", &*"x".repeat(65), "serial number"),
        ] {
            assert_eq!(scope_data(model, serial, false, Stage::Live), Err(BadRegistration::Number(named)));
        }
    }

    #[test]
    fn the_address_holds_everything_encoded_once() {
        let data = scope_data("P+1", "S", true, Stage::Development).unwrap();
        let ask = Authorize {
            client_id: "amzn1.application-oa2-client.0f",
            redirect_uri: "https://maker.example/lwa?x=1&y=2",
            state: "s#1",
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            scope_data: &data,
        };
        assert_eq!(
            authorize_url(ask).unwrap(),
            "https://www.amazon.com/ap/oa?client_id=amzn1.application-oa2-client.0f&scope=dash%3Areplenish\
             &scope_data=%7B%22dash%3Areplenish%22%3A%7B%22device_model%22%3A%22P%2B1%22%2C%22serial%22%3A%22S%22%2C\
             %22is_test_device%22%3Atrue%2C%22should_include_non_live%22%3Atrue%7D%7D&response_type=code\
             &redirect_uri=https%3A%2F%2Fmaker.example%2Flwa%3Fx%3D1%26y%3D2&state=s%231\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        assert!(authorize_url(Authorize { redirect_uri: "http://127.0.0.1:55582/", ..ask }).is_ok());
        for (bad, wanted) in [
            (Authorize { client_id: "", ..ask }, BadRegistration::Client),
            (Authorize { redirect_uri: "http://maker.example", ..ask }, BadRegistration::Redirect),
            (Authorize { redirect_uri: "http://127.0.0.1.evil.example", ..ask }, BadRegistration::Redirect),
            (
                Authorize { redirect_uri: "http://127.0.0.1:80@evil.example/", ..ask },
                BadRegistration::Redirect,
            ),
            (Authorize { challenge: "short", ..ask }, BadRegistration::Challenge),
        ] {
            assert_eq!(authorize_url(bad), Err(wanted));
        }
    }
}
