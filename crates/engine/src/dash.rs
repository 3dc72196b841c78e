//! Dash settings and incoming links. The address of Amazon's page is made here from what the cloud said of the model and
//! from nothing else; a visit is kept before it is opened and ends once. A link is read by the domain's grammar, and
//! changes nothing but the end of a visit that this app began.

use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::store::{self, VisitRow};
use crate::view::{DashDevice, DashHeard, DashOpened, DashState, DashView, DashVisit, Place, Update};
use chrono::TimeDelta;
use refill_domain::dash::{BadPage, DashUrl, Page, device_list};
use refill_domain::deep_link::DeepLink;
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::market::Marketplace;
use refill_domain::wire::DashModel;

/// How long the last visit is spoken of.
const SPOKEN_OF: TimeDelta = TimeDelta::days(30);

/// For which screen an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// A browser on a computer.
    Computer,
    /// A phone, where the Alexa app may take it (protocols 1.1).
    Phone,
    /// A browser on a computer, for the older service's page of all the maker's devices (protocols 1.3).
    List,
}

fn address(
    of: &DashModel,
    country: Marketplace,
    screen: Screen,
    exit: Option<&str>,
) -> Result<DashUrl, BadPage> {
    let page = Page { page: &of.page, vendor: &of.vendor, model: &of.model, exit };
    match screen {
        Screen::Computer => page.web(country),
        Screen::Phone => page.mobile(),
        Screen::List => device_list(country, Some(&of.vendor)),
    }
}

impl Household {
    /// The person's Amazon country: their choice, else that of their region.
    pub fn amazon_country(&self) -> Marketplace {
        let chosen = self.settings.amazon_country.parse();
        chosen.unwrap_or_else(|_| Marketplace::of(self.locale()))
    }

    /// The id a device has at the linked cloud.
    fn cloud_device(&self, device: EndpointId) -> Option<EndpointId> {
        let there = |watched: &crate::household::Watched| self.linked.slots.get(&watched.row.key);
        self.slots_of(device).find_map(there).map(|slot| slot.device)
    }

    /// The address Amazon's page comes back to, where the cloud has one that may be given to it: without https there is
    /// no way back (protocols 1.2).
    fn exit(&self, visit: &str) -> Option<String> {
        let server = &self.link()?.server;
        server.starts_with("https://").then(|| format!("{server}/dash/return?visit={visit}"))
    }

    /// What the console calls a device's model, or why there is no link to its settings.
    fn dash_model(&self, device: EndpointId, country: Marketplace) -> Result<&DashModel, DashState> {
        if self.link().is_none() {
            return Err(DashState::NotLinked {});
        }
        let there = self.cloud_device(device).ok_or(DashState::OnlyHere {})?;
        let model = self.linked.dash.get(&there);
        // What no address can be made of is as good as not said.
        let model = model.filter(|of| address(of, country, Screen::Computer, None).is_ok());
        let model = model.ok_or(DashState::UnknownModel {})?;
        if model.marketplaces.is_empty() {
            return Err(DashState::NotCertified {});
        }
        if !model.marketplaces.contains(&country) {
            return Err(DashState::CountryNotOffered { country, offered: model.marketplaces.clone() });
        }
        Ok(model)
    }

    /// Whether a device has a link to its Dash settings.
    pub(crate) fn has_dash(&self, device: EndpointId) -> bool {
        self.link().is_some() && self.dash_model(device, self.amazon_country()).is_ok()
    }

    /// Dash settings of a device.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn dash(&self, device: EndpointId) -> Result<DashView, Error> {
        let country = self.amazon_country();
        let state = match self.dash_model(device, country) {
            Ok(_) => DashState::Available { country, returns: self.exit("x").is_some() },
            Err(why) => why,
        };
        let visit = match self.cloud_device(device) {
            Some(_) => self.read(|db| store::last_visit(db, device))?,
            None => None,
        };
        let recent = (self.now() - SPOKEN_OF).timestamp_millis();
        let visit = match visit.filter(|visit| visit.opened >= recent) {
            Some(visit) => Some(DashVisit {
                opened: visit.opened,
                returned: visit.returned,
                heard: self.heard_since(&visit)?,
            }),
            None => None,
        };
        Ok(DashView { state, visit })
    }

    /// Devices of the linked account with their Dash settings, in the order of the sidebar.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn dash_devices(&self) -> Result<Vec<DashDevice>, Error> {
        let own = self.present_devices().filter(|device| self.cloud_device(device.endpoint.id).is_some());
        own.map(|device| {
            let of = &device.endpoint;
            Ok(DashDevice { id: of.id, name: of.name.clone(), kind: of.kind, dash: self.dash(of.id)? })
        })
        .collect()
    }

    /// Automatic reordering of a device as the cloud told it, as JSON.
    fn reordering(&self, device: EndpointId) -> Result<String, Error> {
        let all = self.read(store::cloud_subscriptions)?;
        let there = self.cloud_device(device);
        let own: Vec<_> = all.into_iter().filter(|(of, ..)| Some(*of) == there).collect();
        serde_json::to_string(&own).map_err(|cause| anyhow::Error::from(cause).into())
    }

    fn heard_since(&self, visit: &VisitRow) -> Result<DashHeard, Error> {
        let now = self.reordering(visit.device)?;
        Ok(if now != visit.before {
            DashHeard::Changed
        } else if now == "[]" {
            DashHeard::NotTold
        } else {
            DashHeard::Nothing
        })
    }

    /// The address of a device's Dash settings, without a way back.
    ///
    /// # Errors
    /// `DeviceUnknown`; `BadField` with the reason there is none.
    pub fn dash_address(
        &self,
        device: EndpointId,
        screen: Screen,
        country: Option<Marketplace>,
    ) -> Result<DashUrl, Error> {
        self.device(device)?;
        let country = country.unwrap_or_else(|| self.amazon_country());
        let model = self.dash_model(device, country).map_err(|why| absent(&why))?;
        address(model, country, screen, None).map_err(bad_page)
    }

    /// Begins a visit to a device's Dash settings, from a slot's page or the device's.
    ///
    /// # Errors
    /// As [`Self::dash_address`], and why the disk refused.
    pub fn open_dash(&mut self, device: EndpointId, slot: Option<SlotId>) -> Result<DashOpened, Error> {
        self.device(device)?;
        if let Some(slot) = slot
            && self.watched(slot)?.row.slot.endpoint != device
        {
            return Err(Error::new(Code::BadField, "This supply is another device's.").at("slot"));
        }
        let country = self.amazon_country();
        let name = self.clock.new_id().simple().to_string();
        let exit = self.exit(&name);
        let model = self.dash_model(device, country).map_err(|why| absent(&why))?;
        let url = address(model, country, Screen::Computer, exit.as_deref()).map_err(bad_page)?;
        let opened = self.now().timestamp_millis();
        let before = self.reordering(device)?;
        let visit = VisitRow { name, device, slot, opened, returned: None, before };
        self.write(|tx| tx.save_visit(&visit))?;
        Ok(DashOpened { url, returns: exit.is_some() })
    }

    /// Where a link leads. A link that can't be read, and one that ends no visit of ours, leads nowhere.
    ///
    /// # Errors
    /// Why the disk refused to note that a visit ended.
    pub fn open_link(&mut self, link: &str) -> Result<Place, Error> {
        let link = match DeepLink::read(link) {
            Ok(link) => link,
            Err(why) => {
                // What it said stays out of the log: it may be long, and anybody may have written it.
                tracing::info!(%why, "a link leads nowhere");
                return Ok(Place::Nowhere {});
            }
        };
        match link {
            DeepLink::Slot { slot } if self.watched(slot).is_ok() => Ok(Place::Slot { slot }),
            DeepLink::Slot { .. } => Ok(Place::SlotGone {}),
            DeepLink::Device { device } if self.device(device).is_ok() => Ok(Place::Device { device }),
            DeepLink::Device { .. } => Ok(Place::DeviceGone {}),
            // What is asked there is answered by the person; a link gives nobody a look.
            DeepLink::Support { .. } | DeepLink::Account {} => Ok(Place::Account {}),
            DeepLink::DashReturn { visit } => self.come_back(&visit),
        }
    }

    fn come_back(&mut self, visit: &str) -> Result<Place, Error> {
        let now = self.now().timestamp_millis();
        let Some(visit) = self.write(|tx| tx.end_visit(visit, now))? else { return Ok(Place::Nowhere {}) };
        let Ok(device) = self.device(visit.device) else { return Ok(Place::DeviceGone {}) };
        let name = device.endpoint.name.clone();
        let slot = visit.slot.filter(|slot| self.watched(*slot).is_ok());
        Ok(Place::Back { device: visit.device, slot, name })
    }
}

impl Engine {
    /// Where a link leads; one that ends a visit has the cloud asked again.
    ///
    /// # Errors
    /// As [`Household::open_link`].
    pub(crate) async fn follow_link(&self, link: String) -> Result<Place, Error> {
        let updates = self.updates.clone();
        self.ask(move |opened| {
            let place = opened.household_mut()?.open_link(&link)?;
            if let Place::Back { .. } = place {
                opened.sync_now();
                // Nobody listens: nobody to tell.
                let _ = updates.send(Update::Changed {});
            }
            Ok(place)
        })
        .await
    }
}

/// Why there is no link, for whoever asks for one all the same.
fn absent(why: &DashState) -> Error {
    let letters = |all: &[Marketplace]| {
        let letters: Vec<&str> = all.iter().map(|of| of.letters()).collect();
        letters.join(", ")
    };
    let message = match why {
        DashState::NotLinked {} => {
            "No account is linked: only a device's maker knows its Dash settings.".into()
        }
        DashState::OnlyHere {} => "This device is not one of the linked account's.".into(),
        DashState::NotCertified {} => "Amazon has not certified this model for Dash.".into(),
        DashState::CountryNotOffered { country, offered } => format!(
            "This model is not certified for Dash in {}; it is in {}.",
            country.letters(),
            letters(offered)
        ),
        DashState::UnknownModel {} | DashState::Available { .. } => {
            "The maker has not said what Amazon calls this model.".into()
        }
    };
    Error::new(Code::BadField, message).at("device")
}

fn bad_page(why: BadPage) -> Error {
    Error::new(Code::BadField, "No address can be made of what the maker said of this model.").caused_by(why)
}

#[cfg(test)]
mod tests;
