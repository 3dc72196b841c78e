//! What this app itself said straight to Alexa's event gateway, as evidence: messages of one device with Amazon's answers,
//! without tokens. Only what was attempted counts; what waits was not said.

use crate::household::Household;
use crate::store;
use refill_domain::alexa::{ApplianceId, Device};
use refill_domain::certification::{Happening, Moment, without_tokens};
use refill_domain::ids::EndpointId;
use refill_domain::outbox::Answered;
use refill_domain::registration::Dossier;
use refill_domain::secret::Secret;
use std::collections::BTreeSet;

impl Household {
    /// Devices of this household that the gateway was told of and that have a slot of the model: id and name.
    pub(crate) fn under_test(&self, dossier: &Dossier) -> Vec<(EndpointId, String)> {
        let Some(direct) = &self.direct else { return Vec::new() };
        let ours: BTreeSet<&str> = dossier.slots.iter().map(|slot| slot.instance.as_str()).collect();
        let told = |device: &EndpointId| {
            let described = &direct.told.get(device)?.described;
            let described: Device = serde_json::from_str(described).ok()?;
            described.sensors.iter().any(|sensor| ours.contains(sensor.instance.as_str())).then_some(())
        };
        let all = self.devices.iter().filter(|device| told(&device.endpoint.id).is_some());
        all.map(|device| (device.endpoint.id, device.endpoint.name.clone())).collect()
    }

    /// What the gateway was told of a device, the earliest first.
    pub(crate) fn said_of(&self, device: EndpointId) -> anyhow::Result<Vec<Moment>> {
        let rows = self.read(|db| store::direct_outbox(db, u32::MAX))?;
        let own = ApplianceId::from(device);
        let token = Secret::new(String::new());
        let moment = |row: &store::OutRow| {
            let tried = row.delivery.tries.last()?;
            if !row.report.appliances().contains(&&own) {
                return None;
            }
            let refused = match &tried.came {
                Answered::Answer { status: 200..300, .. } => None,
                Answered::Answer { status, code } => {
                    Some(format!("{status} {}", code.as_deref().unwrap_or_default()).trim().to_owned())
                }
                Answered::NotSent | Answered::Lost => return None,
            };
            let message = serde_json::to_value(row.report.message(&row.delivery.id, &token)).ok()?;
            Some(Moment { at: tried.at, what: Happening::Told { message: without_tokens(message), refused } })
        };
        let mut said: Vec<Moment> = rows.iter().filter_map(moment).collect();
        said.sort_by_key(|moment| moment.at);
        Ok(said)
    }
}
