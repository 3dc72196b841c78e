//! Printers that announce themselves by mDNS (`_ipp._tcp`, `_ipps._tcp`; Bonjour Printing Specification 1.2.1).
//! Each printer is reported once, by its UUID or else by host and path, with names fit for a screen. Browsing
//! lasts as long as the [`Discovery`] lives and ends when it is dropped.

use std::collections::HashSet;
use std::net::IpAddr;

use mdns_sd::{IfKind, Receiver, ResolvedService, ServiceDaemon, ServiceEvent};
use reqwest::Url;
use tokio::sync::mpsc;

use super::address::IPP_PORT;
use super::ipp::plain_uuid;
use super::label::{MAX_LABEL, clean};

const PLAIN: &str = "_ipp._tcp.local.";
const TLS: &str = "_ipps._tcp.local.";
/// Printers reported in one browse; a network that announces more is not a home.
const MAX_FOUND: usize = 500;

/// A printer on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Instance name, as the owner knows the printer.
    pub name: String,
    /// IP address, or the host name where only link-local IPv6 is announced.
    pub address: String,
    /// TCP port.
    pub port: u16,
    /// Resource path without the first slash (`rp`), `ipp/print` where none is announced.
    pub path: String,
    /// Lower-case UUID.
    pub uuid: Option<String>,
    /// Make and model (`ty`).
    pub make_and_model: Option<String>,
    /// Where it stands (`note`).
    pub location: Option<String>,
    /// Announced for TLS.
    pub tls: bool,
}

impl Found {
    /// Address to probe and to keep.
    #[must_use]
    pub fn uri(&self) -> Option<String> {
        let address = match self.address.parse::<IpAddr>() {
            Ok(IpAddr::V6(v6)) => format!("[{v6}]"),
            _ => self.address.clone(),
        };
        let mut url = Url::parse(&format!("http://{address}:{}/", self.port)).ok()?;
        url.set_path(&self.path);
        let scheme = if self.tls { "ipps" } else { "ipp" };
        Some(format!("{scheme}://{}:{}{}", url.host_str()?, self.port, url.path()))
    }
}

/// A running browse.
pub struct Discovery {
    daemon: ServiceDaemon,
    plain: Receiver<ServiceEvent>,
    tls: Receiver<ServiceEvent>,
    seen: Seen,
}

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Look on the loopback interface too, as tests do.
    pub loopback: bool,
}

impl Discovery {
    /// Starts browsing.
    ///
    /// # Errors
    /// When the machine allows no multicast socket; the message is for a log, the person can type an address.
    pub fn start(options: Options) -> Result<Self, mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        let loopback = vec![IfKind::LoopbackV4, IfKind::LoopbackV6];
        if options.loopback {
            daemon.enable_interface(loopback)?;
        } else {
            daemon.disable_interface(loopback)?;
        }
        let plain = daemon.browse(PLAIN)?;
        let tls = daemon.browse(TLS)?;
        Ok(Self { daemon, plain, tls, seen: Seen::default() })
    }

    /// Waits for the next printer not reported yet. `None` when browsing has ended. Dropping the future loses
    /// nothing.
    pub async fn next(&mut self) -> Option<Found> {
        loop {
            let event = tokio::select! {
                event = self.plain.recv_async() => event,
                event = self.tls.recv_async() => event,
            };
            let ServiceEvent::ServiceResolved(service) = event.ok()? else { continue };
            if let Some(found) = found(&service).filter(|found| self.seen.is_new(found)) {
                return Some(found);
            }
        }
    }

    /// Sends every printer into `out` until the receiver is dropped or browsing ends; for the run loop to start
    /// as a task.
    pub async fn run(mut self, out: mpsc::Sender<Found>) {
        loop {
            let found = tokio::select! {
                found = self.next() => found,
                () = out.closed() => None,
            };
            let Some(found) = found else { return };
            if out.send(found).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        if let Err(error) = self.daemon.shutdown() {
            tracing::debug!(%error, "mDNS browsing was not ended cleanly");
        }
    }
}

/// Printers already reported.
#[derive(Debug, Default)]
struct Seen(HashSet<String>);

impl Seen {
    fn is_new(&mut self, found: &Found) -> bool {
        let key = match &found.uuid {
            Some(uuid) => uuid.clone(),
            None => format!("{}/{}", found.address, found.path),
        };
        self.0.len() < MAX_FOUND && self.0.insert(key)
    }
}

fn found(service: &ResolvedService) -> Option<Found> {
    let text = |key: &str| {
        let text = clean(service.get_property_val_str(key)?, MAX_LABEL);
        (!text.is_empty()).then_some(text)
    };
    let instance = service.fullname.strip_suffix(service.ty_domain.as_str()).unwrap_or(&service.fullname);
    let name = clean(&instance.trim_end_matches('.').replace("\\.", ".").replace("\\ ", " "), MAX_LABEL);
    let name = if name.is_empty() { text("ty").unwrap_or_else(|| "Printer".to_owned()) } else { name };
    let path =
        text("rp").map_or_else(|| "ipp/print".to_owned(), |path| path.trim_start_matches('/').to_owned());
    Some(Found {
        name,
        address: best_address(service)?,
        port: if service.port == 0 { IPP_PORT } else { service.port },
        path,
        uuid: text("UUID").map(|uuid| plain_uuid(&uuid)).filter(|uuid| !uuid.is_empty()),
        make_and_model: text("ty"),
        location: text("note"),
        tls: service.ty_domain == TLS,
    })
}

/// IPv4 before routable IPv6; link-local IPv6 needs a zone that a URL cannot carry, so then the host name.
fn best_address(service: &ResolvedService) -> Option<String> {
    let mut addresses: Vec<IpAddr> = service.addresses.iter().map(mdns_sd::ScopedIp::to_ip_addr).collect();
    addresses.retain(|address| match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(v6) => !v6.is_unicast_link_local(),
    });
    addresses.sort_by_key(|address| (address.is_ipv6(), *address));
    let host = service.host.trim_end_matches('.');
    addresses.first().map(ToString::to_string).or_else(|| (!host.is_empty()).then(|| host.to_owned()))
}

#[cfg(test)]
mod tests;
