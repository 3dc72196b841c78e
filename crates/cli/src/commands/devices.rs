//! `refillctl devices`, `read`, `rename`, `remove` and `bring-back`. JSON: `{"devices": […]}` of the engine's `DeviceView`,
//! or one `DeviceView` where one device is named or changed.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::pick;
use crate::session::{Missing, Session};
use clap::Args;
use refill_domain::endpoint::DeviceKind;
use refill_domain::ids::EndpointId;
use refill_engine::engine::unanswered;
use refill_engine::household::Household;
use refill_engine::sources::probe::{Limits, ProbeError, Probed, probe};
use refill_engine::view::{Connection, DeviceView, Trouble};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;

/// Which devices.
#[derive(Debug, Args)]
pub struct DevicesArgs {
    /// One device with its supplies
    device: Option<String>,
    /// Those that were removed and can be brought back
    #[arg(long, conflicts_with = "device")]
    removed: bool,
}

/// What to read.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// The device; without it all that are on the network
    device: Option<String>,
}

/// What to rename.
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The device (a supply is renamed with: refillctl set SLOT --name NAME)
    device: String,
    /// Its new name
    name: String,
}

/// What to remove.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The device
    device: String,
}

/// What to bring back.
#[derive(Debug, Args)]
pub struct BringBackArgs {
    /// The removed device; refillctl devices --removed lists them
    device: String,
}

/// A device that can be brought back.
#[derive(Serialize)]
struct Removed {
    id: EndpointId,
    name: String,
    kind: DeviceKind,
    removed_at: Option<i64>,
}

/// How reading one device went.
#[derive(Serialize)]
struct ReadDevice {
    device: EndpointId,
    name: String,
    trouble: Option<Trouble>,
}

/// Lists devices, or shows one.
pub fn list(args: &DevicesArgs, session: &mut Session) -> Result<(), Failure> {
    let household = session.look()?;
    let say = session.say(&household);
    if args.removed {
        return removed(&household, &say, session);
    }
    if let Some(wanted) = &args.device {
        let view = household.device_page(pick::device(&household, wanted)?)?;
        return session.out.show(&view, || Ok(page(&view, &say)));
    }
    let ids: Vec<EndpointId> = household.present_devices().map(|device| device.endpoint.id).collect();
    let views = ids.into_iter().map(|id| Ok(household.device_page(id)?));
    let views = views.collect::<Result<Vec<DeviceView>, Failure>>()?;
    session.out.show(&json!({ "devices": views }), || {
        if views.is_empty() {
            return Ok(vec![say.word("devices_none")]);
        }
        let head = ["col_name", "col_kind", "col_supplies", "col_reached"].map(|key| say.word(key)).to_vec();
        let row = |view: &DeviceView| {
            let supplies = view.rows.len().to_string();
            vec![view.name.clone(), say.kind(view.kind), supplies, reached(&view.connection, &say)]
        };
        Ok(table(&std::iter::once(head).chain(views.iter().map(row)).collect::<Vec<_>>()))
    })
}

fn removed(household: &Household, say: &Say, session: &Session) -> Result<(), Failure> {
    let all: Vec<Removed> = household
        .removed_devices()
        .map(|device| Removed {
            id: device.endpoint.id,
            name: device.endpoint.name.clone(),
            kind: device.endpoint.kind,
            removed_at: device.removed_at,
        })
        .collect();
    session.out.show(&json!({ "devices": all }), || {
        if all.is_empty() {
            return Ok(vec![say.word("removed_none")]);
        }
        let row = |device: &Removed| {
            let at = device.removed_at.map(|at| say.moment(at)).unwrap_or_default();
            vec![device.name.clone(), say.kind(device.kind), at]
        };
        Ok(table(&all.iter().map(row).collect::<Vec<_>>()))
    })
}

fn reached(connection: &Connection, say: &Say) -> String {
    match connection {
        Connection::ByHand {} => say.word("device_by_hand"),
        Connection::Network { address, answers, .. } => {
            let key = if *answers { "device_answers" } else { "device_no_answer" };
            say.say(key, &[("address", address)])
        }
    }
}

/// One device with its supplies.
pub fn page(view: &DeviceView, say: &Say) -> Vec<String> {
    let mut facts = vec![
        ("fact_kind", say.kind(view.kind)),
        ("fact_model", view.model.clone().unwrap_or_default()),
        ("fact_location", view.location.clone().unwrap_or_default()),
        ("col_reached", reached(&view.connection, say)),
    ];
    if let Connection::Network { last_answer, trouble, .. } = &view.connection {
        facts.push(("fact_last_answer", last_answer.map(|at| say.moment(at)).unwrap_or_default()));
        facts.push(("fact_trouble", trouble.as_ref().map(|t| t.detail.clone()).unwrap_or_default()));
    }
    facts.push(("fact_id", view.id.to_string()));
    let facts: Vec<Vec<String>> = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| vec![say.word(key), value])
        .collect();
    let mut lines = vec![view.name.clone()];
    lines.extend(table(&facts));
    lines.extend([String::new(), say.word("fact_supplies")]);
    let rows: Vec<Vec<String>> = view
        .rows
        .iter()
        .map(|row| {
            let mut cells = super::supplies::cells(row, say);
            cells.remove(1);
            cells
        })
        .collect();
    lines.extend(table(&rows));
    lines
}

/// Asks devices now and records what they say. Fails when one of them did not answer; the others are kept.
pub fn read(args: &ReadArgs, session: &mut Session) -> Result<(), Failure> {
    let (read, say) = session.change(Missing::Refuse, |household| {
        let wanted = args.device.as_deref().map(|device| pick::device(household, device)).transpose()?;
        let mut devices = household.reachable();
        if let Some(wanted) = wanted {
            devices.retain(|(id, _, _)| *id == wanted);
            if devices.is_empty() {
                let name = &household.device(wanted)?.endpoint.name;
                let message = format!("{name} is counted by hand; nothing is read over the network.");
                return Err(Failure::new("bad_field", message).at("device"));
            }
        }
        let addresses = devices.into_iter().map(|(id, address, _)| (id, address)).collect();
        let mut read = Vec::new();
        for (id, answer) in session.wait(ask(addresses))? {
            let taken = match answer {
                Ok(probed) => household.take_report(id, &probed.report),
                Err(cause) => Err(unanswered(&cause)),
            };
            let trouble = taken.err().map(|cause| cause.trouble());
            if let Some(trouble) = &trouble {
                household.take_trouble(id, trouble.clone())?;
            }
            read.push(ReadDevice { device: id, name: household.device(id)?.endpoint.name.clone(), trouble });
        }
        Ok((read, session.say(household)))
    })?;
    session.out.show(&json!({ "devices": read }), || {
        let answered = read.iter().filter(|read| read.trouble.is_none());
        let mut lines: Vec<String> =
            answered.map(|read| say.say("done_read", &[("name", &read.name)])).collect();
        if read.is_empty() {
            lines.push(say.word("read_none"));
        }
        Ok(lines)
    })?;
    let mut silent = read.iter().filter_map(|read| Some((&read.name, read.trouble.as_ref()?)));
    match (silent.next(), silent.next()) {
        (None, _) => Ok(()),
        (Some((name, trouble)), None) => {
            let message =
                say.say("done_read_failed", &[("name", name.as_str()), ("trouble", trouble.detail.as_str())]);
            Err(Failure::new(&crate::failure::word(trouble.code), message))
        }
        (Some(first), Some(second)) => {
            let names: Vec<&str> =
                [first, second].into_iter().chain(silent).map(|(n, _)| n.as_str()).collect();
            let message = format!("These did not answer: {}. Ask one alone to see why.", names.join(", "));
            Err(Failure::new(&crate::failure::word(first.1.code), message))
        }
    }
}

/// Asks all of them at once, in the order given.
async fn ask(devices: Vec<(EndpointId, String)>) -> Vec<(EndpointId, Result<Probed, ProbeError>)> {
    let order: Vec<EndpointId> = devices.iter().map(|(id, _)| *id).collect();
    let mut asking = JoinSet::new();
    for (id, address) in devices {
        asking.spawn(async move { (id, probe(&address, Limits::default()).await) });
    }
    let mut answers = asking.join_all().await;
    answers.sort_by_key(|(id, _)| order.iter().position(|other| other == id));
    answers
}

/// Gives a device another name.
pub fn rename(args: &RenameArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, "done_renamed", |household| {
        let id = pick::device(household, &args.device)?;
        household.rename_device(id, &args.name)?;
        Ok(household.device_page(id)?)
    })
}

/// Takes a device out of sight.
pub fn remove(args: &RemoveArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, "done_removed", |household| {
        let id = pick::device(household, &args.device)?;
        let view = household.device_page(id)?;
        household.remove_device(id)?;
        Ok(view)
    })
}

/// Brings a removed device back.
pub fn bring_back(args: &BringBackArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, "done_restored", |household| {
        let id = pick::removed(household, &args.device)?;
        household.restore_device(id)?;
        Ok(household.device_page(id)?)
    })
}

fn change(
    session: &Session,
    done: &str,
    work: impl FnOnce(&mut Household) -> Result<DeviceView, Failure>,
) -> Result<(), Failure> {
    let (view, say) = session.change(Missing::Refuse, |household| {
        let view = work(household)?;
        Ok((view, session.say(household)))
    })?;
    session.out.show(&view, || Ok(vec![say.say(done, &[("name", &view.name)])]))
}
