//! What shells ask, answered: each question goes to the run loop, or beside it where it would hold the loop up.

use super::Engine;
use crate::api::Api;
use crate::chart::Chart;
use crate::dash::Screen;
use crate::error::{Code, Error};
use crate::form::{
    AddDeviceForm, AwayForm, ChartForm, QuietForm, RecordForm, SlotPatch, StocktakeForm, UsageChartForm,
    UsageForm, WhatIfForm,
};
use crate::household::Household;
use crate::link::cloud::support::Answer;
use crate::link::landing::Landing;
use crate::link::oauth::OauthClient;
use crate::link::server::Server;
use crate::link::vault::Vault;
use crate::registration::desk::Desk;
use crate::registration::random_of;
use crate::run::{self, Opened, Prepared, alexa};
use crate::view::{
    AccountView, AlexaBegun, AlexaEnded, AppState, ArrivedView, AtCloud, AwayView, BundleReady, CaseLine,
    CloudModel, CustomerView, DashDevice, DashOpened, DeskActForm, DeskActed, DeskAudit, DeskNotice,
    DeskReport, DeskReports, DeskState, DeskSupply, DeviceView, DirectForm, DirectView, ExchangeForm,
    Exchanged, FindForm, FoundPrinter, FoundView, ImportPlan, ImportView, Imported, LedgerLine, LinkBegun,
    ModelFile, ModelSaved, ModelText, ModelView, ModelsView, NoticesView, OrdersView, Outcome, Place,
    Recorded, RemovedDevice, ReportStrip, ReportView, ReportsView, Restored, RiseAnswer, Settings, SlotView,
    StocktakeView, Stocktaken, SuppliesView, SupportView, Template, Trouble, Unlinked, Update, UsageView,
    WhatIfView,
};
use crate::words::Words;
use crate::{crash, picture, region, sample, templates};
use base64::Engine as _;
use refill_domain::bundle::Bundle;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::registration::{Dossier, Topic, generated_model_id};
use refill_domain::replenish::Rule;
use reqwest::Method;
use tokio::sync::oneshot;

impl Api for Engine {
    async fn state(&self) -> Result<AppState, Error> {
        let version = self.version.to_owned();
        // Reports lie where the program was told to keep them, whichever household is open.
        let usual = self.config.folder.clone();
        self.ask(move |opened| {
            opened.open_again();
            let folder = opened.folder().to_owned();
            Ok(match opened.household() {
                Ok(household) => AppState::Ready {
                    first_run: household.present_devices().next().is_none() && !household.settings.welcomed,
                    trial: household.clock.pace(),
                    crash: crash::report(&usual),
                    settings: household.settings.clone(),
                    system: region::system(),
                    version,
                },
                Err(trouble) => AppState::Closed {
                    trouble: trouble.trouble(),
                    path: folder.join(crate::store::FILE).display().to_string(),
                },
            })
        })
        .await
    }

    async fn supplies(&self) -> Result<SuppliesView, Error> {
        self.see(|household| Ok(household.supplies())).await
    }

    async fn slot(&self, slot: SlotId, lines: u32) -> Result<SlotView, Error> {
        self.see(move |household| household.slot_page(slot, lines)).await
    }

    async fn run(&self, slot: SlotId, from: i64, to: i64) -> Result<Vec<LedgerLine>, Error> {
        self.see(move |household| household.run_members(slot, from, to)).await
    }

    async fn device(&self, device: EndpointId) -> Result<DeviceView, Error> {
        self.see(move |household| household.device_page(device)).await
    }

    async fn chart(&self, form: ChartForm) -> Result<Chart, Error> {
        self.see(move |household| household.chart(&form)).await
    }

    async fn preview(&self, form: RecordForm) -> Result<Outcome, Error> {
        self.see(move |household| household.preview(&form)).await
    }

    async fn record(&self, form: RecordForm) -> Result<Recorded, Error> {
        self.change(move |household| household.record(&form)).await
    }

    async fn undo(&self, id: EntryId, entry: EntryId) -> Result<Recorded, Error> {
        self.change(move |household| household.undo(id, entry)).await
    }

    async fn answer_rise(
        &self,
        id: EntryId,
        slot: SlotId,
        entry: EntryId,
        answer: RiseAnswer,
    ) -> Result<Recorded, Error> {
        self.change(move |household| household.answer_rise(id, slot, entry, answer)).await
    }

    async fn preview_rise(&self, slot: SlotId, entry: EntryId, answer: RiseAnswer) -> Result<Outcome, Error> {
        self.see(move |household| household.preview_rise(slot, entry, answer)).await
    }

    async fn stocktake(&self) -> Result<StocktakeView, Error> {
        self.see(|household| Ok(household.stocktake())).await
    }

    async fn take_stock(&self, form: StocktakeForm) -> Result<Stocktaken, Error> {
        self.change(move |household| household.take_stock(&form)).await
    }

    async fn set_quiet(&self, slot: SlotId, quiet: QuietForm) -> Result<(), Error> {
        self.change(move |household| household.set_quiet(slot, &quiet)).await
    }

    async fn set_rule(&self, slot: SlotId, rule: Rule, delivery_days: Option<u16>) -> Result<(), Error> {
        self.change(move |household| household.set_rule(slot, rule, delivery_days)).await
    }

    async fn share_shelf(&self, slot: SlotId, with: Option<SlotId>) -> Result<(), Error> {
        self.change(move |household| household.share_shelf(slot, with)).await
    }

    async fn what_if(&self, form: WhatIfForm) -> Result<WhatIfView, Error> {
        self.see(move |household| household.what_if(&form)).await
    }

    async fn away(&self) -> Result<Vec<AwayView>, Error> {
        self.see(|household| Ok(household.away())).await
    }

    async fn add_away(&self, form: AwayForm) -> Result<(), Error> {
        self.change(move |household| household.add_away(&form)).await
    }

    async fn remove_away(&self, id: EntryId) -> Result<(), Error> {
        self.change(move |household| household.remove_away(id)).await
    }

    async fn templates(&self) -> Result<Vec<Template>, Error> {
        self.see(|household| Ok(templates::templates(Words::of(region::language(&household.settings))))).await
    }

    async fn find_printers(&self) -> Result<(), Error> {
        self.not_in_a_trial().await?;
        self.ask(|opened| opened.search(true)).await
    }

    async fn stop_finding(&self) -> Result<(), Error> {
        self.ask(|opened| opened.search(false)).await
    }

    async fn probe(&self, address: String) -> Result<FoundPrinter, Error> {
        let probed = self.look_at(&address).await?;
        self.see(move |household| Ok(household.found_printer(&probed))).await
    }

    async fn add_device(&self, form: AddDeviceForm) -> Result<EndpointId, Error> {
        let probed = match form.address.as_deref() {
            Some(address) => Some(self.look_at(address).await?),
            None => None,
        };
        self.change(move |household| household.add_device(&form, probed.as_ref())).await
    }

    async fn rename_device(&self, device: EndpointId, name: String) -> Result<(), Error> {
        self.change(move |household| household.rename_device(device, &name)).await
    }

    async fn move_device(&self, device: EndpointId, address: String) -> Result<(), Error> {
        let probed = self.look_at(&address).await?;
        self.change(move |household| household.move_device(device, &probed)).await
    }

    async fn remove_device(&self, device: EndpointId) -> Result<(), Error> {
        self.change(move |household| household.remove_device(device)).await
    }

    async fn restore_device(&self, device: EndpointId) -> Result<(), Error> {
        self.change(move |household| household.restore_device(device)).await
    }

    async fn read_now(&self, device: Option<EndpointId>) -> Result<(), Error> {
        let (done, ended) = oneshot::channel();
        self.ask(move |opened| opened.read_now(device, done)).await?;
        let gone = |_| Error::new(Code::Unexpected, "Refill is shutting down.");
        let troubles: Vec<Trouble> = ended.await.map_err(gone)?;
        match (device, troubles.into_iter().next()) {
            (Some(_), Some(trouble)) => Err(Error::new(trouble.code, trouble.detail)),
            _ => Ok(()),
        }
    }

    async fn set_slot(&self, slot: SlotId, patch: SlotPatch) -> Result<(), Error> {
        self.change(move |household| household.set_slot(slot, &patch)).await
    }

    async fn set_settings(&self, settings: Settings) -> Result<(), Error> {
        let updates = self.updates.clone();
        self.change(move |household| {
            household.set_settings(settings)?;
            // Nobody listens: nobody to tell.
            let _ = updates.send(Update::Settings { settings: household.settings.clone() });
            Ok(())
        })
        .await
    }

    async fn open_sample(&self) -> Result<(), Error> {
        self.change(sample::open).await
    }

    async fn remove_sample(&self) -> Result<(), Error> {
        self.change(sample::remove).await
    }

    async fn chart_file(&self, form: ChartForm, format: String) -> Result<String, Error> {
        if format == "svg" {
            return self.see(move |household| household.chart_svg(&form)).await;
        }
        let svg = self.see(move |household| household.chart_svg(&form)).await?;
        // Looks through the system's fonts: not on the loop.
        let png = tokio::task::spawn_blocking(move || picture::png(&svg));
        let png = png.await.map_err(anyhow::Error::from)??;
        Ok(base64::engine::general_purpose::STANDARD.encode(png))
    }

    async fn usage(&self, form: UsageForm) -> Result<UsageView, Error> {
        self.see(move |household| household.usage(&form)).await
    }

    async fn usage_chart(&self, form: UsageChartForm) -> Result<Chart, Error> {
        self.see(move |household| household.usage_chart(&form)).await
    }

    async fn open_household(&self, folder: String) -> Result<AppState, Error> {
        let updates = self.updates.clone();
        self.ask(move |opened| {
            opened.not_in_a_trial()?;
            opened.open_other(std::path::Path::new(&folder))?;
            // Nobody listens: nobody to tell.
            let _ = updates.send(Update::Changed {});
            Ok(())
        })
        .await?;
        self.state().await
    }

    async fn import_look(&self, plan: Option<ImportPlan>) -> Result<ImportView, Error> {
        self.look_at_import(plan).await
    }

    async fn import_file(&self, plan: ImportPlan, stamp: String, skip: bool) -> Result<Imported, Error> {
        self.import(plan, stamp, skip).await
    }

    async fn restore_file(&self) -> Result<Restored, Error> {
        self.restore().await
    }

    async fn cancel_work(&self) -> Result<(), Error> {
        self.moving.cancel();
        Ok(())
    }

    async fn models(&self) -> Result<ModelsView, Error> {
        self.at_desk(Desk::list).await
    }

    async fn model(&self, model: String) -> Result<ModelView, Error> {
        self.at_desk(move |desk| desk.show(&model)).await
    }

    async fn new_model(&self, name: String) -> Result<String, Error> {
        self.not_in_a_trial().await?;
        let model = self.model_id(name.clone()).await?;
        let (id, dossier) = (self.config.clock.new_id(), Dossier { name, model, ..Dossier::new() });
        self.at_desk(move |desk| desk.begin(id, &dossier)).await
    }

    async fn set_model(&self, model: String, dossier: Dossier) -> Result<ModelSaved, Error> {
        self.at_desk(move |desk| desk.keep(&model, &dossier)).await
    }

    async fn remove_model(&self, model: String) -> Result<(), Error> {
        self.at_desk(move |desk| desk.remove(&model)).await
    }

    async fn model_id(&self, name: String) -> Result<String, Error> {
        Ok(generated_model_id(&name, random_of(self.config.clock.new_id())))
    }

    async fn model_image(&self, model: String) -> Result<ModelSaved, Error> {
        let file = self.chosen_import()?;
        self.at_desk(move |desk| desk.illustrate(&model, &file)).await
    }

    async fn import_models(&self) -> Result<ArrivedView, Error> {
        self.not_in_a_trial().await?;
        let (file, clock) = (self.chosen_import()?, self.config.clock.clone());
        self.at_desk(move |desk| desk.arrive(&file, || clock.new_id())).await
    }

    async fn model_file(
        &self,
        model: String,
        form: ModelFile,
        about: Option<Topic>,
    ) -> Result<ModelText, Error> {
        self.at_desk(move |desk| desk.file(&model, form, about)).await
    }

    async fn orders(&self) -> Result<OrdersView, Error> {
        self.see(|household| Ok(household.orders())).await
    }

    async fn answer_arrival(
        &self,
        id: EntryId,
        device: EndpointId,
        order: String,
        came: bool,
    ) -> Result<(), Error> {
        self.change(move |household| household.answer_arrival(id, device, &order, came)).await
    }

    async fn account(&self) -> Result<AccountView, Error> {
        self.ask(|opened| opened.account()).await
    }

    async fn begin_link(&self, server: String) -> Result<LinkBegun, Error> {
        let server = Server::read(&server)?;
        if !server.is_here() {
            self.not_in_a_trial().await?;
        }
        let oauth = OauthClient::discover(server.clone()).await?;
        let (keychain, clock) = self.ask(|opened| Ok(opened.surroundings())).await?;
        let vault = tokio::task::spawn_blocking(move || Vault::open(&*keychain)).await;
        let vault = vault.map_err(anyhow::Error::from)??;
        let landing = Landing::open().await?;
        let (flow, url) = oauth.begin(&landing.redirect(), clock.now())?;
        self.ask(move |opened| opened.begin_link(Prepared { server, vault, landing, flow, url })).await
    }

    async fn finish_link(&self, answer: String) -> Result<(), Error> {
        self.ask(move |opened| opened.finish_link(&answer)).await
    }

    async fn cancel_link(&self) -> Result<(), Error> {
        self.ask(|opened| {
            opened.cancel_link();
            Ok(())
        })
        .await
    }

    async fn unlink(&self) -> Result<Unlinked, Error> {
        let (server, refresh) = self.ask(Opened::unlink).await?;
        let told = async {
            let Some(refresh) = refresh else { return false };
            let Ok(oauth) = OauthClient::discover(server).await else { return false };
            oauth.revoke(&refresh).await.is_ok()
        };
        Ok(Unlinked { told: told.await })
    }

    async fn attach_slot(&self, slot: SlotId, to: SlotId) -> Result<(), Error> {
        self.change(move |household| household.attach_slot(slot, to)).await
    }

    async fn removed_devices(&self) -> Result<Vec<RemovedDevice>, Error> {
        self.see(|household| Ok(household.removed())).await
    }

    async fn wipe_device(&self, device: EndpointId) -> Result<(), Error> {
        self.change(move |household| household.wipe_device(device)).await
    }

    async fn link_alexa(&self) -> Result<AlexaBegun, Error> {
        // The page is Amazon's own.
        self.not_in_a_trial().await?;
        let (server, asked) = self.ask(|opened| opened.question(Method::POST, "/v1/alexa/link")).await?;
        alexa::begun(&server, alexa::answer(asked).await?)
    }

    async fn check_alexa(&self) -> Result<(), Error> {
        let (_, asked) = self.ask(|opened| opened.question(Method::POST, "/v1/alexa/check")).await?;
        alexa::answer(asked).await.map(drop)
    }

    async fn end_alexa(&self) -> Result<AlexaEnded, Error> {
        let (_, asked) = self.ask(|opened| opened.question(Method::DELETE, "/v1/alexa/link")).await?;
        alexa::ended(alexa::answer(asked).await?)
    }

    async fn support(&self) -> Result<SupportView, Error> {
        self.all_support().await
    }

    async fn answer_access(&self, id: String, days: Option<u32>) -> Result<(), Error> {
        self.answer_support(&id, days.map_or(Answer::Decline, Answer::Give)).await
    }

    async fn withdraw_access(&self, id: String) -> Result<(), Error> {
        self.answer_support(&id, Answer::Withdraw).await
    }

    async fn desk(&self) -> Result<DeskState, Error> {
        Ok(self.helpdesk.state())
    }

    async fn begin_desk(&self, server: String) -> Result<LinkBegun, Error> {
        self.desk_begin(server).await
    }

    async fn wait_desk(&self) -> Result<DeskState, Error> {
        self.desk_wait().await
    }

    async fn end_desk(&self) -> Result<(), Error> {
        self.desk_out().await;
        Ok(())
    }

    async fn find_customers(&self, form: FindForm) -> Result<FoundView, Error> {
        self.desk_search(form).await
    }

    async fn desk_cases(&self) -> Result<Vec<CaseLine>, Error> {
        self.desk_case_lines().await
    }

    async fn ask_customer(&self, customer: String, case: String, reason: String) -> Result<(), Error> {
        self.desk_request(&customer, &case, &reason).await
    }

    async fn desk_customer(&self, customer: String) -> Result<CustomerView, Error> {
        self.desk_see(&customer).await
    }

    async fn desk_supply(
        &self,
        customer: String,
        slot: SlotId,
        lines: u32,
        fresh: bool,
    ) -> Result<DeskSupply, Error> {
        self.desk_look_at(&customer, slot, lines, fresh).await
    }

    async fn desk_chart(&self, customer: String, form: ChartForm) -> Result<Chart, Error> {
        self.desk_draw(&customer, form).await
    }

    async fn desk_run(
        &self,
        customer: String,
        slot: SlotId,
        from: i64,
        to: i64,
    ) -> Result<Vec<LedgerLine>, Error> {
        self.desk_members(&customer, slot, from, to).await
    }

    async fn desk_reports(&self, customer: String, before: Option<i64>) -> Result<DeskReports, Error> {
        self.desk_messages(&customer, before).await
    }

    async fn desk_report(&self, customer: String, key: String) -> Result<DeskReport, Error> {
        self.desk_message(&customer, &key).await
    }

    async fn desk_notices(&self, customer: String) -> Result<Vec<DeskNotice>, Error> {
        self.desk_notifications(&customer).await
    }

    async fn desk_act(&self, form: DeskActForm) -> Result<DeskActed, Error> {
        self.desk_do(form).await
    }

    async fn close_case(&self, customer: String) -> Result<(), Error> {
        self.desk_shut(&customer).await
    }

    async fn desk_audit(&self, before: Option<i64>) -> Result<DeskAudit, Error> {
        self.desk_trail(before).await
    }

    async fn sync_now(&self) -> Result<(), Error> {
        self.ask(|opened| {
            opened.sync_now();
            Ok(())
        })
        .await
    }

    async fn reports(&self) -> Result<ReportsView, Error> {
        self.all_reports().await
    }

    async fn report(&self, key: String) -> Result<ReportView, Error> {
        self.one_report(key.parse()?).await
    }

    async fn slot_reports(&self, slot: SlotId) -> Result<Option<ReportStrip>, Error> {
        self.reports_of(slot).await
    }

    async fn retry_report(&self, key: String) -> Result<(), Error> {
        self.settle_report(key.parse()?, true).await
    }

    async fn discard_report(&self, key: String) -> Result<(), Error> {
        self.settle_report(key.parse()?, false).await
    }

    async fn direct(&self) -> Result<DirectView, Error> {
        self.ask(|opened| opened.direct_view()).await
    }

    async fn set_direct(&self, form: DirectForm) -> Result<(), Error> {
        let surroundings = |opened: &mut Opened| {
            opened.not_in_a_trial()?;
            Ok(opened.surroundings())
        };
        let (keychain, clock) = self.ask(surroundings).await?;
        let vault = tokio::task::spawn_blocking(move || Vault::open(&*keychain)).await;
        let vault = vault.map_err(anyhow::Error::from)??;
        let ready = run::ready(form, vault, self.config.amazon_within, clock.now()).await?;
        self.ask(move |opened| opened.set_direct(ready)).await
    }

    async fn end_direct(&self) -> Result<(), Error> {
        self.ask(Opened::end_direct).await
    }

    async fn open_dash(&self, device: EndpointId, slot: Option<SlotId>) -> Result<DashOpened, Error> {
        self.change(move |household| household.open_dash(device, slot)).await
    }

    async fn dash_for_phone(&self, device: EndpointId) -> Result<String, Error> {
        self.see(move |household| Ok(household.dash_address(device, Screen::Phone, None)?.to_string())).await
    }

    async fn dash_devices(&self) -> Result<Vec<DashDevice>, Error> {
        self.see(Household::dash_devices).await
    }

    async fn open_link(&self, link: String) -> Result<Place, Error> {
        self.follow_link(link).await
    }

    async fn notices(&self) -> Result<NoticesView, Error> {
        self.see(|household| Ok(household.notices())).await
    }

    async fn pause_notices(&self, on: bool) -> Result<(), Error> {
        self.change(move |household| household.pause_notices(on)).await
    }

    async fn set_device_notices(&self, device: EndpointId, on: bool) -> Result<(), Error> {
        self.change(move |household| household.set_device_notices(device, on)).await
    }

    async fn cloud_models(&self) -> Result<Vec<CloudModel>, Error> {
        self.desk_models().await
    }

    async fn model_at_cloud(&self, model: String, at: String) -> Result<AtCloud, Error> {
        self.desk_compare(model, at).await
    }

    async fn exchange_model(&self, form: ExchangeForm) -> Result<Exchanged, Error> {
        self.desk_exchange(form).await
    }

    async fn make_bundle(&self) -> Result<BundleReady, Error> {
        self.bundle().await
    }

    async fn open_bundle(&self) -> Result<Bundle, Error> {
        self.chosen_bundle().await
    }

    async fn dismiss_crash(&self) -> Result<(), Error> {
        crash::dismiss(&self.config.folder);
        Ok(())
    }
}
