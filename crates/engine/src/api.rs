//! The one list of what a shell may ask: every command with its arguments and its answer. From it come the request
//! type, the dispatcher and the interface's `Commands` map, so that none of them can differ.

use crate::error::Error;
use crate::form::{
    AddDeviceForm, AwayForm, ChartForm, QuietForm, RecordForm, SlotPatch, StocktakeForm, UsageChartForm,
    UsageForm, WhatIfForm,
};
use crate::view::{
    AccountView, AlexaBegun, AlexaEnded, AppState, ArrivedView, AtCloud, AwayView, BundleReady, CaseLine,
    CloudModel, CustomerView, DashDevice, DashOpened, DeskActForm, DeskActed, DeskAudit, DeskNotice,
    DeskReport, DeskReports, DeskState, DeskSupply, DeviceView, DirectForm, DirectView, ExchangeForm,
    Exchanged, FindForm, FoundPrinter, FoundView, ImportPlan, ImportView, Imported, LedgerLine, LinkBegun,
    ModelFile, ModelSaved, ModelText, ModelView, ModelsView, NoticesView, OrdersView, Outcome, Place,
    Recorded, RemovedDevice, ReportStrip, ReportView, ReportsView, Restored, RiseAnswer, Settings, SlotView,
    StocktakeView, Stocktaken, SuppliesView, SupportView, Template, Unlinked, UsageView, WhatIfView,
};
use refill_domain::bundle::Bundle;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::registration::{Dossier, Topic};
use refill_domain::replenish::Rule;
use serde::Deserialize;

/// Declares the commands: `name { argument: Type, … } -> Answer;`.
macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $variant:ident { $($arg:ident : $ty:ty),* } -> $answer:ty;)*) => {
        /// A request: `{"command": "slot", "args": {"slot": "…"}}`.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(tag = "command", content = "args", rename_all = "snake_case")]
        pub enum Call { $($(#[$doc])* $variant { $(#[doc = "As in the form."] $arg: $ty),* },)* }

        /// What answers the commands; the engine does.
        pub trait Api: Send + Sync {
            $($(#[$doc])* fn $name(&self $(, $arg: $ty)*) -> impl Future<Output = Result<$answer, Error>> + Send;)*
        }

        /// Answers one request as JSON.
        ///
        /// # Errors
        /// Whatever the command fails with.
        pub async fn dispatch(api: &impl Api, call: Call) -> Result<serde_json::Value, Error> {
            let json = match call {
                $(Call::$variant { $($arg),* } => serde_json::to_value(api.$name($($arg),*).await?),)*
            };
            json.map_err(|cause| anyhow::Error::from(cause).into())
        }

        /// The interface's map from command to arguments and answer, in TypeScript.
        pub fn typescript(config: &ts_rs::Config) -> String {
            use ts_rs::TS;
            let mut text = String::from("export interface Commands {\n");
            $(
                let args: Vec<String> = vec![$(format!("{}: {}", stringify!($arg), <$ty as TS>::name(config))),*];
                text.push_str(&format!(
                    "  {}: {{ args: {{ {} }}; answer: {} }};\n",
                    stringify!($name), args.join("; "), <$answer as TS>::name(config)
                ));
            )*
            text.push_str("}\n");
            text
        }

        /// Calls `visit` for every type the commands name, so that all of them are declared.
        pub fn visit_types(visit: &mut impl ts_rs::TypeVisitor) {
            $($(visit.visit::<$ty>();)* visit.visit::<$answer>();)*
        }
    };
}

commands! {
    /// Whether the household is open, with the settings.
    state State {} -> AppState;
    /// Opens (or makes) the household in another folder and remembers the choice.
    open_household OpenHousehold { folder: String } -> AppState;
    /// The Supplies screen.
    supplies Supplies {} -> SuppliesView;
    /// The Slot screen; `lines` ledger lines at most (50 a page is usual).
    slot Slot { slot: SlotId, lines: u32 } -> SlotView;
    /// The members of a folded run, newest first, 200 at most; `from` and `to` are its `first_at` and `at`.
    run Run { slot: SlotId, from: i64, to: i64 } -> Vec<LedgerLine>;
    /// The Device screen.
    device Device { device: EndpointId } -> DeviceView;
    /// A chart.
    chart Chart { form: ChartForm } -> crate::chart::Chart;
    /// What a form would do.
    preview Preview { form: RecordForm } -> Outcome;
    /// Records what a person did.
    record Record { form: RecordForm } -> Recorded;
    /// Undoes an own entry (or, named twice, redoes it). `id` is the undo's own id.
    undo Undo { id: EntryId, entry: EntryId } -> Recorded;
    /// Says what a rise was.
    answer_rise AnswerRise { id: EntryId, slot: SlotId, entry: EntryId, answer: RiseAnswer } -> Recorded;
    /// What an answer to a rise would do.
    preview_rise PreviewRise { slot: SlotId, entry: EntryId, answer: RiseAnswer } -> Outcome;
    /// The Stocktake screen.
    stocktake Stocktake {} -> StocktakeView;
    /// Records a stocktake in one step; `undo` with its id takes all of it back.
    take_stock TakeStock { form: StocktakeForm } -> Stocktaken;
    /// Snoozes or mutes a slot, or lets it ask again.
    set_quiet SetQuiet { slot: SlotId, quiet: QuietForm } -> ();
    /// Chooses when a slot asks to be ordered; `delivery_days` absent = the household's.
    set_rule SetRule { slot: SlotId, rule: Rule, delivery_days: Option<u16> } -> ();
    /// Lets a slot take from the shelf of another, or have its own.
    share_shelf ShareShelf { slot: SlotId, with: Option<SlotId> } -> ();
    /// What a plan would change; stores nothing.
    what_if WhatIf { form: WhatIfForm } -> WhatIfView;
    /// Marked absences, the earliest first.
    away Away {} -> Vec<AwayView>;
    /// Marks an absence.
    add_away AddAway { form: AwayForm } -> ();
    /// Takes an absence back.
    remove_away RemoveAway { id: EntryId } -> ();
    /// Device kinds with their usual slots.
    templates Templates {} -> Vec<Template>;
    /// Starts looking for printers; answers arrive as `found` updates.
    find_printers FindPrinters {} -> ();
    /// Stops looking.
    stop_finding StopFinding {} -> ();
    /// Asks one address what it is.
    probe Probe { address: String } -> FoundPrinter;
    /// Adds a device.
    add_device AddDevice { form: AddDeviceForm } -> EndpointId;
    /// Renames a device.
    rename_device RenameDevice { device: EndpointId, name: String } -> ();
    /// Gives a device another address, if the same device answers there.
    move_device MoveDevice { device: EndpointId, address: String } -> ();
    /// Removes a device; its history is kept 30 days and can be brought back.
    remove_device RemoveDevice { device: EndpointId } -> ();
    /// Brings a removed device back.
    restore_device RestoreDevice { device: EndpointId } -> ();
    /// Reads one device now, or all.
    read_now ReadNow { device: Option<EndpointId> } -> ();
    /// Changes a slot's settings.
    set_slot SetSlot { slot: SlotId, patch: SlotPatch } -> ();
    /// Replaces the settings.
    set_settings SetSettings { settings: Settings } -> ();
    /// Adds the sample household.
    open_sample OpenSample {} -> ();
    /// Removes the sample household in one step.
    remove_sample RemoveSample {} -> ();
    /// A chart as a file's content: `svg` or `png` (base64).
    chart_file ChartFile { form: ChartForm, format: String } -> String;
    /// The Use screen.
    usage Usage { form: UsageForm } -> UsageView;
    /// What one supply used, as bars.
    usage_chart UsageChart { form: UsageChartForm } -> crate::chart::Chart;
    /// What importing the chosen file would do; without a plan one is guessed. Nothing is changed.
    import_look ImportLook { plan: Option<ImportPlan> } -> ImportView;
    /// Imports the chosen file by a plan: all of it, or nothing. `stamp` is the look's; `skip` leaves refused rows out.
    import_file ImportFile { plan: ImportPlan, stamp: String, skip: bool } -> Imported;
    /// Puts the chosen backup in the place of the household, which is kept beside it.
    restore_file RestoreFile {} -> Restored;
    /// Stops the long work under way; nothing of it is left.
    cancel_work CancelWork {} -> ();
    /// The Orders screen.
    orders Orders {} -> OrdersView;
    /// Says whether an order whose date was reached came; what the cloud added for it goes, or comes back. `id` is the
    /// answer's own id.
    answer_arrival AnswerArrival { id: EntryId, device: EndpointId, order: String, came: bool } -> ();
    /// The Account screen.
    account Account {} -> AccountView;
    /// Begins to link an account of a maker's cloud; the address is to be opened in the system's browser.
    begin_link BeginLink { server: String } -> LinkBegun;
    /// Ends a linking with the address the browser came back to, where it can't come back by itself.
    finish_link FinishLink { answer: String } -> ();
    /// Stops waiting for the browser.
    cancel_link CancelLink {} -> ();
    /// Ends the link, here and at the maker's; devices and their history stay.
    unlink Unlink {} -> Unlinked;
    /// Makes a supply of one's own and a supply of the account one, with both histories.
    attach_slot AttachSlot { slot: SlotId, to: SlotId } -> ();
    /// Devices that were removed and whose history is still kept.
    removed_devices RemovedDevices {} -> Vec<RemovedDevice>;
    /// Wipes a device with its history, for good; nobody is told.
    wipe_device WipeDevice { device: EndpointId } -> ();
    /// Begins to link the maker's account with Alexa; the address is to be opened in the system's browser.
    link_alexa LinkAlexa {} -> AlexaBegun;
    /// Has the cloud ask Amazon how the link to Alexa stands; what it says comes as a change.
    check_alexa CheckAlexa {} -> ();
    /// Turns the skill off at Amazon.
    end_alexa EndAlexa {} -> AlexaEnded;
    /// What the maker's support asked to see, may see and did, as the cloud says when it is asked now.
    support Support {} -> SupportView;
    /// Answers a request of support's: access for so many days, or none.
    answer_access AnswerAccess { id: String, days: Option<u32> } -> ();
    /// Takes access back from support.
    withdraw_access WithdrawAccess { id: String } -> ();
    /// How somebody of the maker's is signed in at the support desk.
    desk Desk {} -> DeskState;
    /// Begins to sign somebody of the maker's in; the address is to be opened in the system's browser.
    begin_desk BeginDesk { server: String } -> LinkBegun;
    /// Waits until the browser has come back, or the wait was called off.
    wait_desk WaitDesk {} -> DeskState;
    /// Signs out, or calls the wait for the browser off.
    end_desk EndDesk {} -> ();
    /// Finds customers; a case and a reason come first, and the search is written down.
    find_customers FindCustomers { form: FindForm } -> FoundView;
    /// One's own cases that are open or wait.
    desk_cases DeskCases {} -> Vec<CaseLine>;
    /// Asks a customer for access.
    ask_customer AskCustomer { customer: String, case: String, reason: String } -> ();
    /// A customer who gave access. The look is written down.
    desk_customer DeskCustomer { customer: String } -> CustomerView;
    /// A supply of a customer's with its ledger, `lines` at most; `fresh` asks the cloud, and the look is written down.
    desk_supply DeskSupply { customer: String, slot: SlotId, lines: u32, fresh: bool } -> DeskSupply;
    /// The chart of a supply that was opened.
    desk_chart DeskChart { customer: String, form: ChartForm } -> crate::chart::Chart;
    /// The members of a folded run of a supply that was opened, newest first.
    desk_run DeskRun { customer: String, slot: SlotId, from: i64, to: i64 } -> Vec<LedgerLine>;
    /// Messages to Alexa about a customer's devices. The look is written down.
    desk_reports DeskReports { customer: String, before: Option<i64> } -> DeskReports;
    /// One of them, whole. The look is written down.
    desk_report DeskReport { customer: String, key: String } -> DeskReport;
    /// Amazon's notifications about a customer's devices, the newest first. The look is written down.
    desk_notices DeskNotices { customer: String } -> Vec<DeskNotice>;
    /// Does what administrators do for a customer, who is told of it.
    desk_act DeskAct { form: DeskActForm } -> DeskActed;
    /// Closes the case with a customer: access ends.
    close_case CloseCase { customer: String } -> ();
    /// What one did oneself at the desk, the newest first.
    desk_audit DeskAudit { before: Option<i64> } -> DeskAudit;
    /// Tries the cloud now.
    sync_now SyncNow {} -> ();
    /// The Reports screen: what this computer keeps, and what the maker's cloud says when it is asked now.
    reports Reports {} -> ReportsView;
    /// One report, by its key.
    report Report { key: String } -> ReportView;
    /// How reporting of one supply goes; nothing where it never did and none is due.
    slot_reports SlotReports { slot: SlotId } -> Option<ReportStrip>;
    /// Sends a report again that waits for a person.
    retry_report RetryReport { key: String } -> ();
    /// Puts a report away that waits for a person; it is never sent.
    discard_report DiscardReport { key: String } -> ();
    /// The developer's way straight to Alexa's event gateway.
    direct Direct {} -> DirectView;
    /// Turns it on, or gives it other settings.
    set_direct SetDirect { form: DirectForm } -> ();
    /// Turns it off, and forgets what it did.
    end_direct EndDirect {} -> ();
    /// Begins a visit to a device's Dash settings. The address is the shell's to open; see its `open_dash_page`.
    open_dash OpenDash { device: EndpointId, slot: Option<SlotId> } -> DashOpened;
    /// The address of a device's Dash settings for a phone, where the Alexa app may take it.
    dash_for_phone DashForPhone { device: EndpointId } -> String;
    /// Devices of the linked account with their Dash settings.
    dash_devices DashDevices {} -> Vec<DashDevice>;
    /// Where a `refill://` link leads. One that ends a visit to Dash settings has the cloud asked again.
    open_link OpenLink { link: String } -> Place;
    /// How notices go.
    notices Notices {} -> NoticesView;
    /// Keeps notices away until tomorrow morning, or lets them come again.
    pause_notices PauseNotices { on: bool } -> ();
    /// Wants notices of a device, or none.
    set_device_notices SetDeviceNotices { device: EndpointId, on: bool } -> ();
    /// Device models for the Dash console that are kept here.
    models Models {} -> ModelsView;
    /// One of them.
    model Model { model: String } -> ModelView;
    /// Begins one, with a model ID of its own; answers with its name here.
    new_model NewModel { name: String } -> String;
    /// Keeps a change of one; what the console no longer takes is refused, and nothing changed.
    set_model SetModel { model: String, dossier: Dossier } -> ModelSaved;
    /// Takes one away.
    remove_model RemoveModel { model: String } -> ();
    /// Makes a model ID that nobody else has.
    model_id ModelId { name: String } -> String;
    /// Takes the chosen file as the picture of one.
    model_image ModelImage { model: String } -> ModelSaved;
    /// Begins models from the chosen file: a dossier, a Discover.Response or an AddOrUpdateReport.
    import_models ImportModels {} -> ArrivedView;
    /// A file made of one; `about` is what a letter is about.
    model_file ModelFile { model: String, form: ModelFile, about: Option<Topic> } -> ModelText;
    /// The models of the cloud's catalogue, for administrators at the desk.
    cloud_models CloudModels {} -> Vec<CloudModel>;
    /// How a model here stands to the one that the cloud keeps.
    model_at_cloud ModelAtCloud { model: String, at: String } -> AtCloud;
    /// Makes both the same: as it is here, or as it is there.
    exchange_model ExchangeModel { form: ExchangeForm } -> Exchanged;
    /// Makes the support bundle of this household, to be looked at and saved.
    make_bundle MakeBundle {} -> BundleReady;
    /// Opens the chosen file as a support bundle. It is shown, and becomes part of nothing.
    open_bundle OpenBundle {} -> Bundle;
    /// The report of an earlier crash was seen (and is deleted).
    dismiss_crash DismissCrash {} -> ();
}
