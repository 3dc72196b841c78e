//! What the desk shows, made of what the cloud says. Texts of customers are made harmless; there is nothing to decide.

use super::mirror::Mirror;
use crate::reports::{Key, hide_tokens};
use crate::support::entry;
pub(crate) use crate::support::line;
use crate::view::{
    CaseLine, CustomerView, DeskAudit, DeskDrs, DeskLinks, DeskNotice, DeskParked, FoundCustomer, FoundView,
};
use refill_domain::alexa::is_seen;
use refill_domain::desk::{AuditPage, Case, Customer, DrsCare, FoundPage, Links, NoticeCare, ParkedCare};
use refill_domain::support::{AccessStanding, TrailLine, visits};

/// Lines of what one opened that are shown beside a customer.
const OPENED_MAX: usize = 12;

/// Customers who were found.
pub fn found_view(page: FoundPage) -> FoundView {
    let customers = page.customers.into_iter().map(|of| FoundCustomer {
        customer: of.customer.to_string(),
        mail: line(&of.mail),
        access: of.access,
    });
    FoundView { customers: customers.collect(), next: page.next }
}

/// A case, while it is open or waits.
pub fn case_line(of: &Case) -> Option<CaseLine> {
    let open = match of.access.standing {
        AccessStanding::Given | AccessStanding::BrokenGlass => true,
        AccessStanding::Asked => false,
        _ => return None,
    };
    let who = line(of.name.as_deref().unwrap_or(&of.mail));
    let until = of.access.until;
    Some(CaseLine { customer: of.customer.to_string(), who, case: line(&of.access.case), open, until })
}

/// A customer who gave access, beside what one's own cases and one's own trail say of them.
pub fn customer_view(
    of: &Customer,
    mirror: &Mirror,
    links: &Links,
    cases: &[Case],
    own: AuditPage,
) -> CustomerView {
    let devices = mirror.devices();
    let apps = links.clients.iter().filter(|client| client.is_app());
    let lines: Vec<TrailLine> = own.rows.into_iter().map(|row| row.line).collect();
    let live = |case: &&Case| {
        let standing = case.access.standing;
        case.customer == mirror.customer
            && matches!(standing, AccessStanding::Given | AccessStanding::BrokenGlass)
    };
    let case = cases.iter().find(live).map(|case| &case.access);
    CustomerView {
        customer: mirror.customer.to_string(),
        name: line(&of.name),
        mail: line(&of.mail),
        since: of.since,
        case: line(&of.case),
        reason: case.map(|access| line(&access.reason)),
        asked_at: case.map(|access| access.asked_at),
        glass: case.is_some_and(|access| access.standing == AccessStanding::BrokenGlass),
        until: of.until,
        at: mirror.asked_at(),
        supplies: u32::try_from(devices.iter().map(|device| device.slots.len()).sum::<usize>())
            .unwrap_or(u32::MAX),
        devices,
        links: DeskLinks {
            app_since: apps.map(|client| client.since).min(),
            alexa: links.alexa.link,
            alexa_since: links.alexa.since,
            granted: links.alexa.linked,
            stopped: links.alexa.stopped.as_deref().map(line),
            waiting: links.alexa.waiting,
            parked: links.alexa.parked.iter().filter_map(parked).collect(),
            registrations: links.registrations.iter().map(|of| registration(of, mirror)).collect(),
        },
        orders: mirror.orders(),
        opened: visits(&lines).into_iter().take(OPENED_MAX).map(entry).collect(),
    }
}

fn parked(of: &ParkedCare) -> Option<DeskParked> {
    let key = Key::Maker(of.id.parse().ok()?).to_string();
    Some(DeskParked { key, reason: line(&of.reason) })
}

fn registration(of: &DrsCare, mirror: &Mirror) -> DeskDrs {
    DeskDrs {
        device: of.device.to_string(),
        name: mirror.name_of(of.device),
        standing: of.standing,
        test: of.test,
        lived_at: of.lived_at,
        tries: of.tries,
    }
}

/// Characters of a notification that are shown.
const NOTICE_MAX: usize = 20_000;

/// A notification; whatever stands in it is shown as plain text.
pub fn notice(of: &NoticeCare, mirror: &Mirror) -> DeskNotice {
    let mut told = of.told.clone();
    hide_tokens(&mut told);
    let named = ["name", "told"].iter().find_map(|member| told.get(member)?.as_str());
    let text = serde_json::to_string_pretty(&told).unwrap_or_default();
    DeskNotice {
        at: of.taken_at,
        device: mirror.name_of(of.device),
        kind: line(named.unwrap_or_default()),
        known: of.known,
        text: text.chars().filter(|c| *c == '\n' || is_seen(*c)).take(NOTICE_MAX).collect(),
        message: line(&of.message),
    }
}

/// A page of what one did oneself.
pub fn audit(page: AuditPage) -> DeskAudit {
    let next = page.rows.last().filter(|_| page.more).map(|row| row.line.number);
    let lines: Vec<TrailLine> = page.rows.into_iter().map(|row| row.line).collect();
    DeskAudit { lines: visits(&lines).into_iter().map(entry).collect(), next }
}
