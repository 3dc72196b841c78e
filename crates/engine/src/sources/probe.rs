//! Asks a printer for its supplies over the network. A probe ends within [`Limits::total`], reads at most
//! [`Limits::body`] bytes, follows no redirect to another host, stores nothing, and always ends in a report or
//! in an error that says in one sentence what was tried and what to do.
//!
//! TLS certificates are not checked: printers sign their own, nothing secret is sent, and what comes back is
//! treated as hostile either way.

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, Response, Url, redirect};
use tokio::time::timeout;

use super::address::{self, Candidate};
use super::ipp::{self, Identity, PrinterReport, REQUESTED};
use super::ipp_wire::{self, Answer};

const IPP_MEDIA_TYPE: &str = "application/ipp";
/// Redirects to the same host followed for one request: to another path, to TLS, and one to spare.
const MAX_REDIRECTS: usize = 3;
/// Status codes of RFC 8011, appendix B.1: forbidden, not-authenticated, not-authorized.
const FORBIDDEN: [u16; 3] = [0x0401, 0x0402, 0x0403];
/// client-error-not-found.
const NOT_FOUND: u16 = 0x0406;
/// server-error-version-not-supported.
const VERSION_NOT_SUPPORTED: u16 = 0x0503;

/// Bounds of one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Whole probe, all candidates together.
    pub total: Duration,
    /// Opening one connection.
    pub connect: Duration,
    /// One request, from sending to the last byte.
    pub request: Duration,
    /// Bytes of one answer; a real one has 10 to 60 thousand.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(10),
            connect: Duration::from_secs(3),
            request: Duration::from_secs(5),
            body: 1024 * 1024,
        }
    }
}

/// A printer that answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// What it said.
    pub report: PrinterReport,
    /// The address that worked, `ipp://` or `ipps://`, to be kept and asked again.
    pub printer_uri: String,
}

/// What answered instead of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// A web page.
    Html,
    /// An HTTP status other than success.
    Http(u16),
    /// Something that is no IPP answer.
    Garbage,
}

/// Why a probe failed, from the least to the most that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The text is no address.
    BadAddress,
    /// No connection: wrong address, switched off, other network.
    Unreachable,
    /// Connected, or trying to, and nothing came in time.
    TimedOut,
    /// Something answered that is no printer.
    NotAPrinter(Instead),
    /// The answer is larger than any printer's.
    TooLarge,
    /// The answer ended in the middle.
    HalfAnswer,
    /// The printer refused to answer, with its IPP status code.
    Refused(u16),
    /// A printer answered, but not the one that was there before.
    WrongPrinter,
}

/// A failed probe; displays as a sentence for the person who gave the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeError {
    /// What went wrong.
    pub failure: Failure,
    /// The address as given.
    pub address: String,
}

impl std::error::Error for ProbeError {}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = super::label::clean(&self.address, super::label::MAX_LABEL);
        match self.failure {
            Failure::BadAddress => write!(f, "“{address}” is {}.", address::BadAddress),
            Failure::Unreachable => write!(
                f,
                "Nothing answers at {address}. Check that the printer is switched on and on the same network, \
                 and that the address is the one on its network page."
            ),
            Failure::TimedOut => write!(
                f,
                "{address} did not answer in time. If it is the printer, wake it with its power button and try again."
            ),
            Failure::NotAPrinter(Instead::Html) => write!(
                f,
                "{address} answered with a web page, not as a printer. Check the address; if it is the printer, \
                 switch IPP (or AirPrint) on in its settings."
            ),
            Failure::NotAPrinter(Instead::Http(status)) => write!(
                f,
                "{address} answered with HTTP status {status}, not as a printer. Check the address; if it is the \
                 printer, allow IPP (or AirPrint) without a password in its settings."
            ),
            Failure::NotAPrinter(Instead::Garbage) => write!(
                f,
                "Something at {address} took the connection, but does not answer as a printer. Check the address and \
                 the port."
            ),
            Failure::TooLarge => write!(
                f,
                "{address} sent far more than a printer does, and reading was stopped. Check the address."
            ),
            Failure::HalfAnswer => write!(
                f,
                "The answer from {address} ended in the middle. Try again; if it happens again, restart the printer."
            ),
            Failure::Refused(status) => write!(
                f,
                "The printer at {address} refused to say what is in it (IPP status 0x{status:04x}). Allow status \
                 queries in its settings, or try its other address (…/ipp/print)."
            ),
            Failure::WrongPrinter => write!(
                f,
                "Another printer answers at {address} now. Its readings were not taken; look for the printer again \
                 to find its new address."
            ),
        }
    }
}

/// Asks the printer at `address` (see [`address::candidates`]) what it holds. A printer that states no supplies is
/// a success with an empty list.
///
/// # Errors
/// [`ProbeError`] with the most telling failure of all that were met.
pub async fn probe(address: &str, limits: Limits) -> Result<Probed, ProbeError> {
    let mut worst = Failure::BadAddress;
    let outcome = match address::candidates(address) {
        Ok(candidates) => match timeout(limits.total, try_all(candidates, limits, &mut worst)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                keep_more_telling(&mut worst, Failure::TimedOut);
                None
            }
        },
        Err(address::BadAddress) => None,
    };
    outcome.ok_or_else(|| ProbeError { failure: worst, address: address.trim().to_owned() })
}

/// Checks that `report`, read from a known address, comes from the printer that was there before.
///
/// # Errors
/// [`Failure::WrongPrinter`] when it surely does not.
pub fn expect_same(known: &Identity, report: &PrinterReport, address: &str) -> Result<(), ProbeError> {
    if known.differs_from(&report.identity()) {
        return Err(ProbeError { failure: Failure::WrongPrinter, address: address.to_owned() });
    }
    Ok(())
}

fn keep_more_telling(worst: &mut Failure, next: Failure) {
    let rank = |failure: &Failure| match failure {
        Failure::BadAddress => 0,
        Failure::Unreachable => 1,
        Failure::TimedOut => 2,
        Failure::NotAPrinter(Instead::Garbage) => 3,
        Failure::NotAPrinter(Instead::Http(_)) => 4,
        Failure::NotAPrinter(Instead::Html) => 5,
        Failure::TooLarge => 6,
        Failure::HalfAnswer => 7,
        Failure::Refused(_) => 8,
        Failure::WrongPrinter => 9,
    };
    if rank(&next) > rank(worst) {
        *worst = next;
    }
}

async fn try_all(candidates: Vec<Candidate>, limits: Limits, worst: &mut Failure) -> Option<Probed> {
    keep_more_telling(worst, Failure::Unreachable);
    let client = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .tls_danger_accept_invalid_certs(true)
        .connect_timeout(limits.connect)
        .timeout(limits.request)
        .pool_max_idle_per_host(1)
        .http1_only()
        .build()
        .inspect_err(|error| tracing::warn!(%error, "no HTTP client"))
        .ok()?;
    let mut hopeless: Vec<(String, u16)> = Vec::new();
    for candidate in candidates {
        let door = (candidate.url.scheme().to_owned(), candidate.url.port_or_known_default().unwrap_or(0));
        if hopeless.contains(&door) {
            continue;
        }
        match ask(&client, &candidate, limits.body).await {
            Ok(report) => return Some(Probed { report, printer_uri: candidate.printer_uri }),
            Err(failure) => {
                tracing::debug!(url = %candidate.url, ?failure, "no answer from a printer");
                // A closed or silent port stays so for every other path behind it.
                if matches!(failure, Failure::Unreachable | Failure::TimedOut) {
                    hopeless.push(door);
                }
                keep_more_telling(worst, failure);
            }
        }
    }
    None
}

/// One candidate: first the attributes we need, then all of them for printers that refuse a list or ignore what
/// they do not know, then IPP 1.1 for printers that refuse 2.0.
async fn ask(client: &Client, candidate: &Candidate, body_limit: usize) -> Result<PrinterReport, Failure> {
    let tries: [((u8, u8), &[&str]); 4] =
        [((2, 0), &REQUESTED), ((2, 0), &[]), ((1, 1), &REQUESTED), ((1, 1), &[])];
    let mut bare: Option<PrinterReport> = None;
    let mut refusal = Failure::NotAPrinter(Instead::Garbage);
    let mut refused_version = None;
    for (version, attributes) in tries {
        if refused_version == Some(version) {
            continue;
        }
        let body = ipp_wire::get_printer_attributes(version, &candidate.printer_uri, attributes);
        let answer = match exchange(client, &candidate.url, body, body_limit).await {
            Ok(answer) => answer,
            Err(failure) => return bare.ok_or(failure),
        };
        if answer.truncated {
            return bare.ok_or(Failure::HalfAnswer);
        }
        if answer.is_success() {
            let reports = ipp::report(&answer).printers;
            let with_supplies = reports.iter().position(|report| !report.supplies.is_empty()).unwrap_or(0);
            match reports.into_iter().nth(with_supplies) {
                Some(report) if !report.supplies.is_empty() || bare.is_some() => return Ok(report),
                report => bare = report,
            }
            if attributes.is_empty() {
                break;
            }
            continue;
        }
        refusal = Failure::Refused(answer.status);
        if FORBIDDEN.contains(&answer.status) || answer.status == NOT_FOUND {
            break;
        }
        if answer.status == VERSION_NOT_SUPPORTED {
            refused_version = Some(version);
        }
    }
    bare.ok_or(refusal)
}

async fn exchange(client: &Client, url: &Url, body: Vec<u8>, limit: usize) -> Result<Answer, Failure> {
    let mut url = url.clone();
    let mut redirects = 0;
    loop {
        let sent = client
            .post(url.clone())
            .header(CONTENT_TYPE, IPP_MEDIA_TYPE)
            .header(ACCEPT, IPP_MEDIA_TYPE)
            .body(body.clone())
            .send()
            .await;
        let response = sent.map_err(|error| failure_of(&error))?;
        let status = response.status();
        match redirect_target(&url, &response) {
            Some(target) if redirects < MAX_REDIRECTS => {
                redirects += 1;
                url = target;
            }
            _ if !status.is_success() => return Err(Failure::NotAPrinter(Instead::Http(status.as_u16()))),
            _ => return read_answer(response, limit).await,
        }
    }
}

/// Where to repeat the request: only another path or port of the same host (printers send plain requests on to
/// TLS). The request is posted again, which a client that follows redirects by itself would not do.
fn redirect_target(from: &Url, response: &Response) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    let target = from.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    let same = target.host_str() == from.host_str() && matches!(target.scheme(), "http" | "https");
    same.then_some(target)
}

async fn read_answer(mut response: Response, limit: usize) -> Result<Answer, Failure> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Failure::TooLarge);
    }
    let claims_ipp = media_type(response.headers()).is_some_and(|media| media == IPP_MEDIA_TYPE);
    let is_html = media_type(response.headers()).is_some_and(|media| media.contains("html"));
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Err(Failure::TooLarge),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Err(Failure::TimedOut),
            // The connection ended early: the bytes decide whether this was half an answer.
            Err(_) if claims_ipp => return Err(Failure::HalfAnswer),
            Err(_) => break,
        }
    }
    // A few printers label their answers wrongly, so the bytes decide; the label only names the failure.
    ipp_wire::decode(&bytes).map_err(|ipp_wire::NotIpp| {
        let start = String::from_utf8_lossy(bytes.get(..512).unwrap_or(&bytes)).trim_start().to_lowercase();
        if is_html || start.starts_with("<!doctype") || start.starts_with("<html") {
            Failure::NotAPrinter(Instead::Html)
        } else if claims_ipp && bytes.len() < 9 {
            Failure::HalfAnswer
        } else {
            Failure::NotAPrinter(Instead::Garbage)
        }
    })
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|media| media.trim().to_ascii_lowercase())
}

fn failure_of(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        // A connection that never opened and one that stays silent both come as a time-out.
        if error.is_connect() { Failure::Unreachable } else { Failure::TimedOut }
    } else if error.is_connect() {
        Failure::Unreachable
    } else {
        Failure::NotAPrinter(Instead::Garbage)
    }
}

#[cfg(test)]
mod tests;
