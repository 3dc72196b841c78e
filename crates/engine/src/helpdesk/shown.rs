//! What the desk shows, made of what the cloud says. Texts of customers are made harmless; there is nothing to decide.

use crate::support::entry;
pub(crate) use crate::support::line;
use crate::view::{
    CaseLine, CustomerView, DeskAudit, DeskDevice, DeskLinks, DeskSlot, FoundCustomer, FoundView,
};
use refill_domain::desk::{AuditPage, Case, Customer, DeviceCare, FoundPage, Links};
use refill_domain::measure::Amount;
use refill_domain::support::{AccessStanding, TrailLine, visits};
use uuid::Uuid;

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
    Some(CaseLine { customer: of.customer.to_string(), who, case: line(&of.access.case), open })
}

fn device(of: &DeviceCare) -> DeskDevice {
    let slots = of.device.device.slots.iter().map(|slot| {
        let figure = of.figures.iter().find(|figure| figure.slot == slot.id);
        let amount = |milli| Amount::new(milli, slot.unit);
        DeskSlot {
            id: slot.id.to_string(),
            name: line(&slot.name),
            supply: slot.supply,
            left: figure.and_then(|of| of.left).map(amount),
            full: slot.capacity.map(amount),
            some_left: figure.is_some_and(|of| of.some_left),
            low_since: figure.and_then(|of| of.low_since),
            unexplained: figure.is_some_and(|of| of.unexplained),
            said_at: figure.and_then(|of| of.said_at),
        }
    });
    DeskDevice {
        id: of.device.device.id.to_string(),
        name: line(&of.device.device.name),
        kind: of.device.device.kind,
        model: line(&of.device.device.model),
        serial: line(&of.device.serial),
        health: of.health,
        said_at: of.said_at,
        slots: slots.collect(),
    }
}

/// A customer who gave access.
pub fn customer_view(id: Uuid, of: &Customer, links: &Links, own: AuditPage) -> CustomerView {
    let devices: Vec<DeskDevice> = of.devices.iter().map(device).collect();
    let apps = links.clients.iter().filter(|client| client.client != "alexa");
    let lines: Vec<TrailLine> = own.rows.into_iter().map(|row| row.line).collect();
    CustomerView {
        customer: id.to_string(),
        name: line(&of.name),
        mail: line(&of.mail),
        case: line(&of.case),
        until: of.until,
        supplies: u32::try_from(devices.iter().map(|device| device.slots.len()).sum::<usize>())
            .unwrap_or(u32::MAX),
        devices,
        links: DeskLinks {
            app_since: apps.map(|client| client.since).min(),
            alexa: links.alexa.link,
            stopped: links.alexa.stopped.as_deref().map(line),
            waiting: links.alexa.waiting,
            parked: links.alexa.parked.iter().map(|message| line(&message.reason)).collect(),
        },
        opened: visits(&lines).into_iter().take(OPENED_MAX).map(entry).collect(),
    }
}

/// A page of what one did oneself.
pub fn audit(page: AuditPage) -> DeskAudit {
    let next = page.rows.last().filter(|_| page.more).map(|row| row.line.number);
    let lines: Vec<TrailLine> = page.rows.into_iter().map(|row| row.line).collect();
    DeskAudit { lines: visits(&lines).into_iter().map(entry).collect(), next }
}
