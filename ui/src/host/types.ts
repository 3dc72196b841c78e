// Generated from the engine's view models; `npm run types` writes it, a test fails when it is stale.

export type AccessOpen = { 
/**
 * Its id, to take it back.
 */
id: string, 
/**
 * Who may.
 */
who: string, 
/**
 * The number of the case.
 */
case: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Until when.
 */
until: number, 
/**
 * It was taken for a legal or a safety reason, and can't be taken back from here.
 */
taken: boolean, };
export type AccessRequest = { 
/**
 * Its id, to answer.
 */
id: string, 
/**
 * Who asks.
 */
who: string, 
/**
 * The number of the case.
 */
case: string, 
/**
 * Why.
 */
reason: string, 
/**
 * When it was asked.
 */
at: number, 
/**
 * Most days that can be given.
 */
most_days: number, };
export type AccountView = { 
/**
 * How it stands.
 */
state: LinkState, 
/**
 * Why the last try to link did not end in a link; until the next one.
 */
trouble: Trouble | null, 
/**
 * Entries of the cloud's supplies that it has not confirmed yet.
 */
waiting: number, 
/**
 * Entries it does not want.
 */
parked: number, 
/**
 * Requests of the maker's support that wait for an answer.
 */
asks: number, };
export type AddDeviceForm = { 
/**
 * Made when the sheet opens.
 */
id: EndpointId, 
/**
 * Name people give it.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Make and model.
 */
model: string | null, 
/**
 * Where it stands.
 */
location: string | null, 
/**
 * A printer's address: it is asked again, and its slots are what it says (those named in `slots` by instance,
 * all when empty).
 */
address: string | null, 
/**
 * Its slots.
 */
slots: Array<SlotForm>, };
export type AgainView = { "is": "from", 
/**
 * Which.
 */
day: string, } | { "is": "after_replacing", } | { "is": "now", };
export type AlexaBegun = { 
/**
 * Amazon's page.
 */
url: string, 
/**
 * Until when somebody may take there.
 */
until: number, };
export type AlexaEnded = { 
/**
 * Amazon turned the skill off too. If not, it is still to be turned off in the Alexa app.
 */
at_amazon: boolean, };
export type AlexaLink = { "is": "not_enabled", } | { "is": "enabled", 
/**
 * Whose gateway.
 */
region: Region, } | { "is": "disabled", } | { "is": "link_again", } | { "is": "maker_trouble", } | { "is": "unknown" };
export type AlexaView = { 
/**
 * How.
 */
link: AlexaLink, 
/**
 * Since when, ms UTC.
 */
since: number | null, 
/**
 * It can be linked and turned off from here; elsewise in the Alexa app.
 */
here: boolean, };
export type Alias = string;
export type AmazonSays = { "kind": "not_reported", } | { "kind": "through_maker", } | { "kind": "counts", 
/**
 * The last use that it was told, ms UTC.
 */
last: number, } | { "kind": "reported", 
/**
 * The report.
 */
figure: FigureView, 
/**
 * It was told back as taken in.
 */
confirmed: boolean, 
/**
 * How the ledger's figure came from it; absent when they agree.
 */
difference: DifferenceView | null, };
export type Amount = { 
/**
 * Thousandths of `unit`.
 */
milli: number, 
/**
 * The unit it came in.
 */
unit: Unit, };
export type Answers = { 
/**
 * The device measures what is left, and so notices a refill.
 */
left: boolean | null, 
/**
 * The device knows how much each use takes.
 */
used: boolean | null, 
/**
 * The device knows how long the part has run, and how long one lasts.
 */
run: boolean | null, };
export type AppState = { "kind": "ready", 
/**
 * First run: show the welcome.
 */
first_run: boolean, 
/**
 * What is open is a trial: sample data, for which time passes at this pace.
 */
trial: Pace | null, 
/**
 * A report of an earlier crash to offer.
 */
crash: string | null, 
/**
 * Settings in force.
 */
settings: Settings, 
/**
 * What the system asks for, as a language tag such as `de-AT`; settings of `system` follow it.
 */
system: string, 
/**
 * Version of the program.
 */
version: string, } | { "kind": "closed", 
/**
 * Why: `database_too_new`, `database_damaged`, `database_locked` …
 */
trouble: Trouble, 
/**
 * The file.
 */
path: string, };
export type ArrivedView = { 
/**
 * The new models.
 */
models: Array<string>, 
/**
 * What the message can't say, in words.
 */
unknown: Array<string>, 
/**
 * What of it could not be taken, and which of Alexa's rules it breaks, in words.
 */
notes: Array<string>, 
/**
 * The same of what is unknown, for whoever acts on it.
 */
missing: Array<Unknown>, };
export type AtCloud = { 
/**
 * The cloud's address.
 */
server: string, 
/**
 * The model there.
 */
at: string, 
/**
 * How the two stand to each other.
 */
standing: ExchangeStanding, 
/**
 * Where they differ.
 */
differs: Array<Difference>, 
/**
 * What of this one the console no longer takes, so that the cloud refuses it.
 */
refused: Array<RefusedView>, 
/**
 * Names what the cloud has, for whoever writes over it.
 */
seen: string, };
export type AwayForm = { 
/**
 * Made when the form opened.
 */
id: EntryId, 
/**
 * The device alone; absent for the whole household.
 */
device: EndpointId | null, 
/**
 * First day, YYYY-MM-DD.
 */
first: string, 
/**
 * Last day, included.
 */
last: string, };
export type AwayView = { 
/**
 * Its id; removing names it.
 */
id: EntryId, 
/**
 * The device alone; absent for the whole household.
 */
device: EndpointId | null, 
/**
 * Its name.
 */
device_name: string | null, 
/**
 * First day.
 */
first: string, 
/**
 * Last day.
 */
last: string, };
export type Background = { 
/**
 * White, or so near that nobody sees a difference.
 */
white: number, 
/**
 * Let through what is behind.
 */
transparent: number, };
export type BackupView = { 
/**
 * Its name, without its folder.
 */
name: string, 
/**
 * Devices in it.
 */
devices: number, 
/**
 * Supplies in it.
 */
slots: number, 
/**
 * Entries in it.
 */
entries: number, 
/**
 * The newest of them, ms UTC.
 */
newest: number | null, 
/**
 * The same of the household that it would replace.
 */
present: Present, };
export type Basis = { 
/**
 * Use a day.
 */
per_day: Amount, 
/**
 * Days of history it is from.
 */
over_days: number, 
/**
 * Refills and replacements within them, left out.
 */
refills: number, 
/**
 * Days away within them, left out.
 */
absent_days: number, 
/**
 * The gauge only moves in steps of so many percent.
 */
step_percent: number | null, };
export type Broken = { 
/**
 * Where, as `event.payload.endpoints[0].friendlyName`.
 */
at: string, 
/**
 * Which rule, in English like the documents it is from.
 */
rule: string, };
export type Bundle = { 
/**
 * When it was made, ms UTC.
 */
made_at: number, 
/**
 * What was hidden.
 */
removed: Array<BundleRemoved>, 
/**
 * What of.
 */
versions: BundleVersions, 
/**
 * How the household stands.
 */
household: BundleHousehold, 
/**
 * The delivery log, the newest first.
 */
messages: Array<BundleMessage>, 
/**
 * The end of the program's log, the newest last.
 */
log: Array<BundleLine>, 
/**
 * The report of a crash that nobody has put away.
 */
crash: Array<BundleLine>, };
export type BundleAnswer = "answered" | "not_sent" | "lost";
export type BundleBody = unknown;
export type BundleCloud = { 
/**
 * The cloud's address, which is public.
 */
server: BundleText, 
/**
 * The account's address of sign-in.
 */
account: Alias, 
/**
 * Its owner.
 */
owner: Alias, 
/**
 * What was granted.
 */
scope: BundleText, 
/**
 * Since when, ms UTC.
 */
since: number, 
/**
 * A token is kept.
 */
lasting: boolean, 
/**
 * How far it was heard.
 */
cursor: number, 
/**
 * How it goes.
 */
connection: BundleConnection, 
/**
 * Why, in the program's words.
 */
detail: BundleText | null, 
/**
 * What waits.
 */
outbox: BundleCounts, };
export type BundleConnection = "unknown" | "connecting" | "listening" | "offline" | "ended";
export type BundleCounts = { 
/**
 * That goes by itself.
 */
waiting: number, 
/**
 * That a person has to look at.
 */
parked: number, };
export type BundleDevice = { 
/**
 * Its id.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: Alias, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Make and model.
 */
model: BundleText | null, 
/**
 * Where it stands.
 */
location: Alias | null, 
/**
 * How it is reached.
 */
reach: BundleReach, 
/**
 * It is a sample.
 */
sample: boolean, 
/**
 * When it was removed, ms UTC.
 */
removed_at: number | null, 
/**
 * Its slots.
 */
slots: Array<BundleSlot>, };
export type BundleDirect = { 
/**
 * The gateway's region.
 */
region: BundleText, 
/**
 * Why nothing goes.
 */
stopped: BundleText | null, 
/**
 * What waits.
 */
outbox: BundleCounts, };
export type BundleFormats = { 
/**
 * The export.
 */
export: number, 
/**
 * The dossier of a device model.
 */
dossier: number, 
/**
 * The maker's cloud.
 */
cloud: BundleText, 
/**
 * Alexa's messages.
 */
alexa: BundleText, };
export type BundleHeld = { 
/**
 * Settings that change what happens, by name.
 */
settings: Array<[BundleText, BundleText]>, 
/**
 * How notices go.
 */
notices: BundleNotices, 
/**
 * How it is linked.
 */
links: BundleLinks, 
/**
 * Its devices.
 */
devices: Array<BundleDevice>, 
/**
 * Orders that Amazon told of.
 */
orders: Array<BundleOrder>, 
/**
 * How slots reorder.
 */
reorder: Array<BundleReorder>, };
export type BundleHousehold = { "is": "open" } & BundleHeld | { "is": "closed", 
/**
 * The code of the trouble.
 */
code: BundleText, 
/**
 * Why.
 */
detail: BundleText, };
export type BundleLine = { 
/**
 * When, ms UTC.
 */
at: number | null, 
/**
 * How grave.
 */
level: LogLevel | null, 
/**
 * What.
 */
text: BundleText, };
export type BundleLinks = { 
/**
 * With a maker's cloud.
 */
cloud: BundleCloud | null, 
/**
 * The maker's with Alexa, as the cloud last said.
 */
alexa: AlexaLink | null, 
/**
 * Straight to Alexa's gateway.
 */
direct: BundleDirect | null, };
export type BundleMessage = { 
/**
 * Its id.
 */
id: BundleText, 
/**
 * When it was so, ms UTC.
 */
at: number, 
/**
 * Which way it goes.
 */
route: BundleRoute, 
/**
 * What kind, as the one who gets it calls it.
 */
kind: BundleText, 
/**
 * Where it stands.
 */
state: BundleMessageState, 
/**
 * Since when, or until when it waits, ms UTC.
 */
since: number | null, 
/**
 * Why a person has to look.
 */
reason: BundleText | null, 
/**
 * Attempts begun.
 */
attempts: number, 
/**
 * The latest of them.
 */
tries: Array<BundleTry>, 
/**
 * What it says; absent where only its sender has it.
 */
body: BundleBody | null, };
export type BundleMessageState = "queued" | "sending" | "waiting" | "delivered" | "parked" | "superseded" | "discarded";
export type BundleNotices = { 
/**
 * They are wanted.
 */
on: boolean, 
/**
 * No notices until then, ms UTC.
 */
quiet_until: number | null, 
/**
 * The last summary of a day, ms UTC.
 */
summary_at: number | null, 
/**
 * Things that a person was told of.
 */
told: number, 
/**
 * Devices of which none are wanted.
 */
off: Array<EndpointId>, };
export type BundleOrder = { 
/**
 * The device it is for.
 */
device: EndpointId, 
/**
 * Amazon's name of it.
 */
order: BundleText, 
/**
 * Amazon's name of the slot.
 */
slot: BundleText | null, 
/**
 * How it stands.
 */
state: BundleOrderState, 
/**
 * Its date, ms UTC, where it has one.
 */
at: number | null, 
/**
 * A test: nothing comes.
 */
test: boolean, 
/**
 * Products in it.
 */
products: number, 
/**
 * Its way.
 */
steps: Array<BundleOrderStep>, 
/**
 * What the person said of its arrival.
 */
came: boolean | null, 
/**
 * Why it could not be added to the stock.
 */
unclear: BundleText | null, };
export type BundleOrderState = "asked" | "placed" | "on_its_way" | "arrived" | "cancelled";
export type BundleOrderStep = { 
/**
 * What.
 */
kind: "asked" | "placed" | "shipped" | "due" | "arrived" | "cancelled", 
/**
 * When, ms UTC.
 */
at: number, };
export type BundlePart = "app" | "links" | "devices" | "orders" | "messages" | "log" | "crash";
export type BundleReach = { "is": "by_hand", } | { "is": "cloud", } | { "is": "network", 
/**
 * Its address.
 */
address: Alias, 
/**
 * Its serial number.
 */
serial: Alias | null, 
/**
 * Its own UUID.
 */
uuid: Alias | null, 
/**
 * The last answer, ms UTC.
 */
answered_at: number | null, 
/**
 * What went wrong at the last try: the code of the trouble.
 */
trouble: BundleText | null, 
/**
 * The same in the program's words.
 */
detail: BundleText | null, };
export type BundleReady = { 
/**
 * A name for its file.
 */
name: string, 
/**
 * The file: what was looked at is what is saved.
 */
text: string, 
/**
 * What was hidden in it, by kind and place.
 */
removed: Array<BundleRemoved>, 
/**
 * Devices in it.
 */
devices: number, 
/**
 * Messages in it.
 */
messages: number, 
/**
 * Lines of the log in it.
 */
lines: number, 
/**
 * The household can't be opened, and is not in it.
 */
closed: boolean, };
export type BundleRemoved = { 
/**
 * What.
 */
kind: HiddenKind, 
/**
 * Where.
 */
part: BundlePart, 
/**
 * How often.
 */
times: number, 
/**
 * How many different things.
 */
things: number, };
export type BundleReorder = { 
/**
 * The device.
 */
device: EndpointId, 
/**
 * Amazon's name of the slot.
 */
slot: BundleText, 
/**
 * It does by itself.
 */
on: boolean, 
/**
 * Since when, ms UTC.
 */
since: number, };
export type BundleRoute = "maker" | "alexa" | "direct";
export type BundleSlot = { 
/**
 * Its id.
 */
id: SlotId, 
/**
 * Its name.
 */
name: Alias, 
/**
 * Its capability instance; an alias where it was made of a name that a person typed.
 */
instance: BundleText, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * How it is measured.
 */
sensor: SensorKind, 
/**
 * The unit.
 */
unit: Unit, 
/**
 * What a full one holds.
 */
full: number | null, 
/**
 * What a pack adds.
 */
pack: number, 
/**
 * The low mark.
 */
low_mark: number | null, 
/**
 * What is left.
 */
left: number | null, 
/**
 * The device only says that some is.
 */
some_left: boolean, 
/**
 * What lies on the shelf.
 */
shelf: number, 
/**
 * When what is left was last stated, ms UTC.
 */
stated_at: number | null, 
/**
 * The device's last word, ms UTC.
 */
read_at: number | null, 
/**
 * When use was last seen, ms UTC.
 */
used_at: number | null, 
/**
 * When it was replaced last, ms UTC.
 */
replaced_at: number | null, 
/**
 * Readings in a row at or below the low mark.
 */
low_streak: number, 
/**
 * Since when it is low, ms UTC.
 */
low_since: number | null, 
/**
 * When it rose without anybody saying why, ms UTC.
 */
rose_at: number | null, 
/**
 * Used beyond what there was.
 */
overshoot: number, 
/**
 * Nobody is asked about it.
 */
muted: boolean, 
/**
 * The maker's cloud has it too, under this id.
 */
at_maker: SlotId | null, };
export type BundleText = string;
export type BundleTry = { 
/**
 * When it ended, ms UTC.
 */
at: number, 
/**
 * What came of it.
 */
came: BundleAnswer, 
/**
 * HTTP status.
 */
status: number | null, 
/**
 * Amazon's code.
 */
code: BundleText | null, };
export type BundleVersions = { 
/**
 * The program's.
 */
program: BundleText, 
/**
 * The system's name and version.
 */
system: BundleText, 
/**
 * The computer's kind.
 */
machine: BundleText, 
/**
 * The language that the system asks for.
 */
language: BundleText, 
/**
 * The household's file's; absent where it can't be read.
 */
schema: number | null, 
/**
 * The newest that this program knows.
 */
schema_known: number, 
/**
 * The formats and protocols that this program speaks.
 */
formats: BundleFormats, };
export type By = "week" | "month";
export type Case = "prerequisites" | "discovery" | "set_up" | "sensors" | "messages" | "supply" | "daily" | "low_mail" | "order" | "reset" | "products" | "notify_only" | "kept";
export type CaseCount = { 
/**
 * Passed.
 */
passed: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Wait for a person.
 */
person: number, 
/**
 * Can't be judged.
 */
unjudged: number, 
/**
 * Nobody ran them yet.
 */
never: number, };
export type CaseDetail = { 
/**
 * In short.
 */
row: CaseRow, 
/**
 * Why it ended as it did, a sentence each.
 */
reasons: Array<string>, 
/**
 * What proves or refutes it, the earliest first.
 */
evidence: Array<MomentView>, 
/**
 * When it ran, ms UTC.
 */
held_at: number | null, 
/**
 * How long that took, in ms; a person takes the time they take.
 */
took_ms: number | null, 
/**
 * Where.
 */
market: Marketplace | null, 
/**
 * A person's word would decide it.
 */
asks: boolean, };
export type CaseLine = { 
/**
 * The customer.
 */
customer: string, 
/**
 * The customer's name; the masked address while there is no access.
 */
who: string, 
/**
 * The number of the case.
 */
case: string, 
/**
 * There is access.
 */
open: boolean, 
/**
 * Until when there is, or until when it is waited for.
 */
until: number | null, };
export type CaseRow = { 
/**
 * Which.
 */
case: Case, 
/**
 * What it is called by.
 */
code: string, 
/**
 * One of the eight numbered ones; the others are pre-checks.
 */
numbered: boolean, 
/**
 * What it tests.
 */
tests: string, 
/**
 * What it expects.
 */
expects: string, 
/**
 * How it stands.
 */
state: CaseState, 
/**
 * In how many slots it failed; 0: as a whole.
 */
slots: number, 
/**
 * The model was changed since it ran.
 */
changed: boolean, };
export type CaseState = "never" | "passed" | "failed" | "person" | "unjudged";
export type Cause = { "kind": "counted", } | { "kind": "bought", } | { "kind": "received", } | { "kind": "replaced", } | { "kind": "taken_out", } | { "kind": "read", } | { "kind": "used", 
/**
 * In so many entries.
 */
count: number, } | { "kind": "opened", 
/**
 * In so many entries.
 */
count: number, } | { "kind": "unrecorded", };
export type CertificationView = { 
/**
 * The model, by its folder's name.
 */
model: string, 
/**
 * Why it can't be rehearsed as it is, in words.
 */
unable: string | null, 
/**
 * Where it is to be sold.
 */
markets: Array<Marketplace>, 
/**
 * What came of rehearsals on this computer.
 */
rehearsed: Verdicts, 
/**
 * What came of the test with a real skill, if one began.
 */
guided: GuidedView | null, 
/**
 * Devices of the household whose messages to the event gateway can be evidence.
 */
devices: Array<TestDevice>, 
/**
 * Files of earlier runs that can't be read.
 */
unreadable: number, 
/**
 * The rehearsal under way, whichever model it is of.
 */
live: LiveView | null, };
export type Chart = { 
/**
 * A complete `svg` element whose user unit is a px of the asked size. Colours are classes of [`stylesheet`].
 */
svg: string, 
/**
 * What can be pointed at, by time; at most 2,000.
 */
points: Array<ChartPoint>, 
/**
 * Width in px; the asked one unless that was too small to hold anything.
 */
width: number, 
/**
 * Height in px; the asked one unless that was too small.
 */
height: number, 
/**
 * Where the plot lies inside, in px.
 */
plot: Plot, };
export type ChartForm = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * How much of the past.
 */
range: Range, 
/**
 * Width in CSS pixels.
 */
width: number, 
/**
 * Height in CSS pixels.
 */
height: number, 
/**
 * Text size, 1 = 100 %.
 */
scale: number, };
export type ChartPoint = { 
/**
 * Px from the left of the picture.
 */
x: number, 
/**
 * Px from its top.
 */
y: number, 
/**
 * When, in ms since 1970 UTC.
 */
at: number, 
/**
 * The level in the unit shown; in the forecast the likely one; null if unknown.
 */
level: number | null, 
/**
 * The readout. The first line is its heading.
 */
text: string, 
/**
 * What it stands for.
 */
kind: PointKind, };
export type CloudConnection = { "is": "connecting", } | { "is": "listening", } | { "is": "offline", 
/**
 * When.
 */
until: number, 
/**
 * Why, for the details.
 */
detail: string, } | { "is": "ended", };
export type CloudModel = { 
/**
 * Its id there.
 */
id: string, 
/**
 * Its name there.
 */
name: string, };
export type Code = "bad_amount" | "bad_date" | "bad_field" | "slot_unknown" | "device_unknown" | "entry_unknown" | "order_unknown" | "bad_address" | "unreachable" | "timed_out" | "not_a_printer" | "bad_answer" | "other_device" | "bad_certificate" | "refused" | "database_too_new" | "database_damaged" | "database_locked" | "folder_missing" | "disk_full" | "bad_file" | "cancelled" | "sample_only" | "unexpected";
export type Colour = string;
export type ColumnView = { 
/**
 * Its header.
 */
header: string, 
/**
 * Its first three cells.
 */
examples: Array<string>, };
export type Connection = { "kind": "by_hand", } | { "kind": "network", 
/**
 * As the person or the search gave it.
 */
address: string, 
/**
 * It answered the last time.
 */
answers: boolean, 
/**
 * Last answer.
 */
last_answer: number | null, 
/**
 * What went wrong at the last try.
 */
trouble: Trouble | null, };
export type CountForm = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * What is in the device.
 */
level: Typed | null, 
/**
 * What lies on the shelf.
 */
shelf: Typed | null, };
export type CustomerView = { 
/**
 * The account.
 */
customer: string, 
/**
 * The customer's name.
 */
name: string, 
/**
 * The address of sign-in, masked.
 */
mail: string, 
/**
 * Since when there is the account.
 */
since: number, 
/**
 * The number of the case.
 */
case: string, 
/**
 * Why one asked, where that is known.
 */
reason: string | null, 
/**
 * When one asked, where that is known.
 */
asked_at: number | null, 
/**
 * The glass was broken: the customer was not asked.
 */
glass: boolean, 
/**
 * Until when there is access.
 */
until: number, 
/**
 * When all of this was asked of the cloud.
 */
at: number, 
/**
 * The devices.
 */
devices: Array<DeskDevice>, 
/**
 * Supplies of all devices.
 */
supplies: number, 
/**
 * How the links are.
 */
links: DeskLinks, 
/**
 * Orders and reordering, as the customer sees them.
 */
orders: OrdersView, 
/**
 * What one opened here, the newest first.
 */
opened: Array<TrailEntry>, };
export type DashDevice = { 
/**
 * Its id.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Its settings.
 */
dash: DashView, };
export type DashHeard = "changed" | "nothing" | "not_told";
export type DashOpened = { 
/**
 * Amazon's page; only the shell opens it.
 */
url: string, 
/**
 * It leads back by itself.
 */
returns: boolean, };
export type DashState = { "is": "available", 
/**
 * The person's Amazon country.
 */
country: Marketplace, 
/**
 * Amazon's page leads back to Refill by itself. Without it the person comes back on their own.
 */
returns: boolean, } | { "is": "not_certified", } | { "is": "unknown_model", } | { "is": "not_linked", } | { "is": "only_here", } | { "is": "country_not_offered", 
/**
 * The person's Amazon country.
 */
country: Marketplace, 
/**
 * Where it is.
 */
offered: Array<Marketplace>, };
export type DashView = { 
/**
 * Whether there is a link to them, or why not.
 */
state: DashState, 
/**
 * The last time this app opened them, within a month.
 */
visit: DashVisit | null, };
export type DashVisit = { 
/**
 * When they were opened.
 */
opened: number, 
/**
 * When the person came back by Amazon's page.
 */
returned: number | null, 
/**
 * What was heard of since. Coming back itself says nothing.
 */
heard: DashHeard, };
export type Dates = "day_first" | "month_first";
export type Decision = { "is": "sensor", 
/**
 * Which.
 */
kind: SensorKind, 
/**
 * Why.
 */
reason: Reason, } | { "is": "ask", 
/**
 * The next question.
 */
question: Question, } | { "is": "none" };
export type Deed = { "is": "looked", 
/**
 * Each once.
 */
parts: Array<Looked>, } | { "is": "asked", } | { "is": "given", } | { "is": "declined", } | { "is": "withdrawn", } | { "is": "closed", } | { "is": "broke_glass", } | { "is": "released", } | { "is": "resumed", } | { "is": "described", } | { "is": "cancelled_tests", } | { "is": "took_away", } | { "is": "not_done", } | { "is": "found", } | { "is": "made_account", } | { "is": "other", };
export type DeskAct = { "is": "resend", 
/**
 * Its key.
 */
key: string, } | { "is": "resume", } | { "is": "describe", } | { "is": "cancel_tests", 
/**
 * The device.
 */
device: string, } | { "is": "deregister", 
/**
 * The device.
 */
device: string, 
/**
 * Its serial number, as the customer gave it.
 */
serial: string, } | { "is": "break_glass", 
/**
 * What allows it.
 */
grounds: Grounds, };
export type DeskActForm = { 
/**
 * For which customer.
 */
customer: string, 
/**
 * The number of the case.
 */
case: string, 
/**
 * Why; the customer reads it.
 */
reason: string, 
/**
 * What.
 */
act: DeskAct, };
export type DeskActed = { "is": "done", } | { "is": "not_parked", } | { "is": "no_alexa", } | { "is": "no_test_device", } | { "is": "no_device", } | { "is": "no_customer", } | { "is": "other_serial", } | { "is": "not_allowed", } | { "is": "later", };
export type DeskAudit = { 
/**
 * The newest first.
 */
lines: Array<TrailEntry>, 
/**
 * Where the next page begins; absent where nothing follows.
 */
next: number | null, };
export type DeskDevice = { 
/**
 * Its id.
 */
id: string, 
/**
 * The name its owner gave it.
 */
name: string, 
/**
 * What it is.
 */
kind: DeviceKind, 
/**
 * Its model.
 */
model: string, 
/**
 * Its serial number.
 */
serial: string, 
/**
 * How it does.
 */
health: DeviceHealth, 
/**
 * When it said anything last.
 */
said_at: number | null, 
/**
 * What is in it.
 */
slots: Array<DeskSlot>, };
export type DeskDrs = { 
/**
 * The device.
 */
device: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it stands.
 */
standing: DrsStanding, 
/**
 * It is a test device: its orders bring nothing.
 */
test: boolean, 
/**
 * When the service last heard that it lives.
 */
lived_at: number | null, 
/**
 * Tries that failed in a row.
 */
tries: number, };
export type DeskLinks = { 
/**
 * Since when an app is linked; absent: none is.
 */
app_since: number | null, 
/**
 * How Alexa stands.
 */
alexa: AlexaLink, 
/**
 * Since when.
 */
alexa_since: number | null, 
/**
 * There is a permission to tell Alexa of the devices.
 */
granted: boolean, 
/**
 * Why nothing is sent, in the cloud's words.
 */
stopped: string | null, 
/**
 * Messages that wait.
 */
waiting: number, 
/**
 * Messages that were put aside.
 */
parked: Array<DeskParked>, 
/**
 * Registrations with the older service.
 */
registrations: Array<DeskDrs>, };
export type DeskNotice = { 
/**
 * When it was taken in.
 */
at: number, 
/**
 * The device's name.
 */
device: string, 
/**
 * What kind, by Amazon's name where the cloud does not know it.
 */
kind: string, 
/**
 * The cloud knows its kind.
 */
known: boolean, 
/**
 * What it said as JSON, without persons, addresses and prices.
 */
text: string, 
/**
 * The id of the message that brought it.
 */
message: string, };
export type DeskParked = { 
/**
 * Its name in [`DeskReports`].
 */
key: string, 
/**
 * Why, in the cloud's words.
 */
reason: string, };
export type DeskReport = { 
/**
 * As its customer sees it.
 */
report: ReportView, 
/**
 * It was put aside, and can be sent again.
 */
parked: boolean, };
export type DeskReports = { 
/**
 * There is a permission to tell Alexa.
 */
granted: boolean, 
/**
 * Why nothing is sent until somebody did something.
 */
stopped: ReportReason | null, 
/**
 * The messages.
 */
lines: Array<ReportLine>, 
/**
 * Where the next page begins; absent where nothing follows.
 */
next: number | null, };
export type DeskSlot = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * The mark.
 */
mark: Mark, 
/**
 * What is left; absent while nobody has said.
 */
left: Amount | null, 
/**
 * When that was stated last.
 */
left_at: number | null, 
/**
 * What a full one holds.
 */
full: Amount | null, 
/**
 * The device only says that some is left.
 */
some_left: boolean, 
/**
 * Since when it is low.
 */
low_since: number | null, 
/**
 * It rose without anybody saying why.
 */
unexplained: boolean, 
/**
 * The device's last word on it.
 */
said_at: number | null, 
/**
 * When it ends, as far as the cloud can tell.
 */
when: When | null, 
/**
 * Its order that is under way, or was cancelled last.
 */
order: OrderLine | null, 
/**
 * Whether it reorders by itself; absent where there are no orders.
 */
reorder: ReorderState | null, 
/**
 * The latest message to Alexa about it.
 */
told: DeskTold | null, };
export type DeskState = { "is": "out", 
/**
 * Why the last try did not end in one; until the next.
 */
trouble: Trouble | null, } | { "is": "waiting", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * Until when it is waited for.
 */
until: number, } | { "is": "in", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * Their name.
 */
name: string, 
/**
 * They may do what administrators do.
 */
administrator: boolean, };
export type DeskSupply = { 
/**
 * As its customer sees it, by what the cloud knows.
 */
view: SlotView, 
/**
 * How the device does.
 */
health: DeviceHealth, 
/**
 * The latest message to Alexa about it.
 */
told: DeskTold | null, 
/**
 * When it was asked of the cloud.
 */
at: number, };
export type DeskTold = { 
/**
 * How it stands.
 */
standing: ToldStanding, 
/**
 * When what it says was so.
 */
at: number, };
export type DeviceBrief = { 
/**
 * Its id.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Whole days without a reading, from 2 on.
 */
silent_days: number | null, };
export type DeviceHealth = "well" | "silent" | "never_spoke" | "unknown";
export type DeviceKind = "printer" | "coffee_machine" | "washing_machine" | "dishwasher" | "vacuum" | "air_purifier" | "pet_feeder" | "battery_device" | "other";
export type DeviceSays = { "kind": "level", 
/**
 * It.
 */
figure: FigureView, 
/**
 * How the ledger's figure came from it; absent when they agree.
 */
difference: DifferenceView | null, } | { "kind": "uses", 
/**
 * The last report, ms UTC.
 */
last: number | null, } | { "kind": "no_number", 
/**
 * When last, ms UTC.
 */
last: number, } | { "kind": "nothing", } | { "kind": "unmeasured", };
export type DeviceView = { 
/**
 * Its id.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Make and model.
 */
model: string | null, 
/**
 * Where it stands.
 */
location: string | null, 
/**
 * How it is reached.
 */
connection: Connection, 
/**
 * Its slots.
 */
rows: Array<SupplyRow>, 
/**
 * Week lines of the lane.
 */
weeks: Array<LaneWeek>, 
/**
 * Its settings at Amazon's Dash.
 */
dash: DashView, 
/**
 * Notices of it are wanted.
 */
notices: boolean, };
export type Difference = { 
/**
 * The member, as `slots[0].names.de-DE`.
 */
field: string, 
/**
 * What this one says.
 */
mine: string | null, 
/**
 * What the other says.
 */
theirs: string | null, };
export type DifferenceView = { 
/**
 * How much.
 */
amount: Amount, 
/**
 * What makes it, in the order it happened.
 */
steps: Array<StepView>, };
export type DirectForm = { 
/**
 * The *Alexa* client of the skill's Permissions page (protocols 3.3).
 */
client: string, 
/**
 * Its secret.
 */
secret: string, 
/**
 * Whose gateway.
 */
region: GatewayRegion, 
/**
 * A refresh token of the customer.
 */
refresh: string | null, 
/**
 * Or the code of an `AcceptGrant`, good for five minutes.
 */
code: string | null, 
/**
 * The gateway's address, where it is not Amazon's.
 */
events: string | null, 
/**
 * The token endpoint's address, where it is not Amazon's.
 */
tokens: string | null, };
export type DirectSettings = { 
/**
 * The skill's Alexa client.
 */
client: string, 
/**
 * Whose gateway.
 */
region: GatewayRegion, 
/**
 * The gateway's address.
 */
events: string, 
/**
 * The token endpoint's address.
 */
tokens: string, };
export type DirectView = { 
/**
 * The settings; absent = off.
 */
on: DirectSettings | null, 
/**
 * Why nothing is sent until a person did something.
 */
stopped: ReportReason | null, 
/**
 * Why there is no token, in Amazon's word.
 */
trouble: string | null, 
/**
 * It is still on at the next start; there is a keychain.
 */
lasting: boolean, 
/**
 * Messages that wait.
 */
waiting: number, 
/**
 * Messages that wait for a person.
 */
parked: number, };
export type Dossier = { 
/**
 * How it reaches Alexa.
 */
kind: DossierKind, 
/**
 * Its name in the console, which customers don't see.
 */
name: string, 
/**
 * Its model ID, which deep links and the older service name.
 */
model: string, 
/**
 * Who makes it, as discovery says.
 */
manufacturer: string, 
/**
 * What is known of its picture.
 */
image?: DossierImage | null, 
/**
 * What customers call it, by language.
 */
names: { [key in Locale]?: string }, 
/**
 * The places for consumables, in the order of the console.
 */
slots: Array<DossierSlot>, 
/**
 * Where it is to be sold.
 */
marketplaces: { [key in Marketplace]?: DossierMarket }, };
export type DossierImage = { 
/**
 * Its file beside the dossier, without folders.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * What its content is, whatever it is called.
 */
format: ImageFormat, 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, 
/**
 * What its border is.
 */
background: Background, };
export type DossierKind = { "is": "skill" } | { "is": "connect_kit", 
/**
 * The `deviceType` of its ACK configuration file.
 */
device_type: string, };
export type DossierMarket = { 
/**
 * Customers who may test there, as the developer console's Customer Details name them.
 */
customers: Array<string>, 
/**
 * The day it was certified there.
 */
certified?: string, };
export type DossierSlot = { 
/**
 * Its name in the console: `SLOT 01`, and further ones as they are typed.
 */
identifier: string, 
/**
 * Its capability instance, the same in every device of the model.
 */
instance: string, 
/**
 * The category chosen in the console, whose list is not published.
 */
category: string, 
/**
 * What decides its sensor type.
 */
answers: Answers, 
/**
 * What its figures are in.
 */
unit?: Unit | null, 
/**
 * Sensor and consumable in words, for the people who assign the ID.
 */
description: string, 
/**
 * What customers call it, by language.
 */
names: { [key in Locale]?: string }, 
/**
 * The products Amazon offers for it, by marketplace.
 */
asins: { [key in Marketplace]?: Array<string> }, 
/**
 * When its replenishment ID was asked for.
 */
requested?: string, 
/**
 * Its replenishment ID; empty until Amazon assigns one.
 */
replenishment: string, };
export type DrsStanding = "asked" | "linked" | "lost" | "leaving" | "unknown";
export type EndpointId = string;
export type EntryId = string;
export type ExchangeForm = { 
/**
 * The model here.
 */
model: string, 
/**
 * The model there.
 */
at: string, 
/**
 * Which.
 */
keep: ExchangeKeep, 
/**
 * What was looked at.
 */
seen: string, };
export type ExchangeKeep = "mine" | "theirs";
export type ExchangeStanding = "absent" | "same" | "mine" | "theirs" | "both";
export type Exchanged = { "is": "done", 
/**
 * The model as it is here.
 */
view: ModelView, 
/**
 * How the two stand.
 */
now: AtCloud, } | { "is": "changed", 
/**
 * How the two stand.
 */
now: AtCloud, } | { "is": "refused", 
/**
 * Why, in its words.
 */
why: string, };
export type ExportAs = "json" | "csv";
export type Fate = "new" | "known";
export type FieldView = { 
/**
 * What it is.
 */
label: Label, 
/**
 * The step.
 */
step: Step, 
/**
 * Its name with slot and language, in words.
 */
name: string, 
/**
 * What to put there; empty: nothing is known yet.
 */
value: string, };
export type FigureView = { 
/**
 * How much.
 */
amount: Amount, 
/**
 * When it was stated, ms UTC.
 */
at: number, 
/**
 * The same as a day.
 */
day: string, };
export type FileKind = "refill" | "table" | "grocy" | "homebox" | "home_assistant";
export type FindBy = "mail" | "account" | "serial";
export type FindForm = { 
/**
 * The number of the case.
 */
case: string, 
/**
 * Why.
 */
reason: string, 
/**
 * What is looked for by.
 */
by: FindBy, 
/**
 * What is looked for: at least three characters.
 */
text: string, 
/**
 * The `next` of the page before.
 */
after: string | null, };
export type FindingView = { 
/**
 * The member of the dossier.
 */
field: string, 
/**
 * The step it is entered in.
 */
step: Step, 
/**
 * The first stage it is in the way of.
 */
bars: Stage, 
/**
 * How grave it is.
 */
grade: Grade, 
/**
 * The country it is about, or that of its language; absent: all.
 */
marketplace: Marketplace | null, 
/**
 * Where, in words.
 */
place: string, 
/**
 * What, in words.
 */
what: string, 
/**
 * Why Amazon asks.
 */
why: string, };
export type FoundCustomer = { 
/**
 * The account.
 */
customer: string, 
/**
 * Its address, masked.
 */
mail: string, 
/**
 * How one stands towards it.
 */
access: Towards, };
export type FoundPrinter = { 
/**
 * Stable within one search.
 */
key: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Make and model.
 */
model: string | null, 
/**
 * Where it stands.
 */
location: string | null, 
/**
 * Address to add it by.
 */
address: string, 
/**
 * Host alone, to show.
 */
host: string, 
/**
 * Its supplies; empty = answers, but reports no supply levels.
 */
supplies: Array<FoundSupply>, 
/**
 * Already in the household.
 */
known: EndpointId | null, };
export type FoundSupply = { 
/**
 * Its capability instance.
 */
instance: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * Its mark.
 */
mark: Mark, 
/**
 * Percent left, if it says.
 */
level: Amount | null, 
/**
 * What it says instead, in its own words: `40 tenthsOfMilliliters` without a capacity, or a unit nobody knows.
 */
stated: string | null, 
/**
 * It is low by its own mark.
 */
low: boolean, };
export type FoundView = { 
/**
 * In the order of what was looked for.
 */
customers: Array<FoundCustomer>, 
/**
 * Where the next page begins.
 */
next: string | null, };
export type GatewayRegion = "north_america" | "europe" | "far_east";
export type Goes = { "kind": "to", 
/**
 * It.
 */
slot: SlotId, } | { "kind": "new", } | { "kind": "nowhere", };
export type Grade = "wrong" | "missing" | "awaited";
export type Grounds = "legal" | "safety";
export type GuidedAnswer = { 
/**
 * In short.
 */
reply: Reply, 
/**
 * In the person's words; may be empty.
 */
note: string, 
/**
 * What is left as they saw it.
 */
left: Amount | null, 
/**
 * Messages that were given.
 */
messages: number, 
/**
 * When, ms UTC.
 */
at: number, };
export type GuidedForm = { 
/**
 * In short.
 */
reply: Reply, 
/**
 * In their words; may be empty.
 */
note: string, 
/**
 * What is left as they see it, as they write numbers, in the step's unit; may be empty.
 */
left: string, 
/**
 * JSON of messages; may be empty.
 */
pasted: string, };
export type GuidedStep = { 
/**
 * The case it is for.
 */
case: Case, 
/**
 * What that is called by.
 */
code: string, 
/**
 * The slot it is about, in words.
 */
slot: string | null, 
/**
 * What to do and look at.
 */
task: string, 
/**
 * What is expected; products of a slot are named.
 */
expects: string, 
/**
 * It asks for messages.
 */
wants_messages: boolean, 
/**
 * A figure can be told, in this unit.
 */
unit: Unit | null, 
/**
 * What was said.
 */
answer: GuidedAnswer | null, };
export type GuidedView = { 
/**
 * How the cases stand by now.
 */
verdicts: Verdicts, 
/**
 * When it began, ms UTC.
 */
begun: number, 
/**
 * The device of this household it is about, if it is one.
 */
device: TestDevice | null, 
/**
 * What is to be done, in order.
 */
steps: Array<GuidedStep>, 
/**
 * The next step; absent once all are answered.
 */
next: number | null, 
/**
 * Messages that this app sent itself and that count as evidence.
 */
heard: number, };
export type Happened = "level" | "used" | "bought" | "replaced" | "counted";
export type Headline = { "kind": "need_you", 
/**
 * How many.
 */
count: number, } | { "kind": "lasts_until", 
/**
 * The earliest end.
 */
when: When, } | { "kind": "nothing_this_week", } | { "kind": "learning", } | { "kind": "empty", };
export type HiddenKind = "token" | "serial" | "mail" | "address" | "path" | "name";
export type ImageFormat = "bmp" | "jpg" | "png" | "gif";
export type ImageView = { 
/**
 * Its measures, in words.
 */
says: string, 
/**
 * It as a `data:` address, if it lies there and is small enough to be shown.
 */
src: string | null, };
export type ImportPlan = { 
/**
 * What each column says; empty for our own export.
 */
columns: Array<Role>, 
/**
 * How dates with strokes are written; absent = not known yet.
 */
dates: Dates | null, 
/**
 * Whose numbers they are.
 */
numbers: Locale, 
/**
 * What happened where no column says it.
 */
what: Happened | null, 
/**
 * The day of rows without one; absent = they are refused.
 */
undated: string | null, 
/**
 * Where the names go that are to go elsewhere than they would by themselves.
 */
sent: Array<Sent>, };
export type ImportView = { 
/**
 * The file's name, without its folder.
 */
name: string, 
/**
 * What kind of file it is.
 */
kind: FileKind, 
/**
 * Its encoding, as it is named on the web.
 */
encoding: string, 
/**
 * What it was read by.
 */
plan: ImportPlan, 
/**
 * Its columns.
 */
columns: Array<ColumnView>, 
/**
 * Its names of supplies, as they stand in it first; a thousand at most.
 */
names: Array<NameView>, 
/**
 * What still has to be said; rows are not judged before.
 */
missing: Array<Missing>, 
/**
 * Whether some dates are written with strokes, so that the order of day and month matters.
 */
strokes: boolean, 
/**
 * Rows in the file, without the header and empty ones.
 */
rows: number, 
/**
 * Rows that would be added.
 */
new: number, 
/**
 * Rows that are there already.
 */
known: number, 
/**
 * Rows left out: of names that go nowhere, and of what we don't keep.
 */
left_out: number, 
/**
 * Rows refused.
 */
refused: number, 
/**
 * Devices that would be added.
 */
devices: number, 
/**
 * Supplies that would be added.
 */
slots: number, 
/**
 * The settings would be taken over.
 */
settings: boolean, 
/**
 * The first rows that are refused, a hundred at most.
 */
refusals: Array<RefusedRow>, 
/**
 * The first rows that are not, fifty at most.
 */
sample: Array<RowView>, 
/**
 * Which file this was: an import of another one is refused.
 */
stamp: string, };
export type Imported = { 
/**
 * Entries added.
 */
new: number, 
/**
 * Rows that were there already.
 */
known: number, 
/**
 * Rows left out.
 */
left_out: number, 
/**
 * Rows refused and left out as the person wanted.
 */
refused: number, 
/**
 * Devices added.
 */
devices: number, 
/**
 * Supplies added.
 */
slots: number, };
export type Label = "kind" | "name" | "model" | "device_type" | "image" | "device_name" | "identifier" | "category" | "slot_name" | "asins" | "sensor" | "measurement" | "description" | "replenishment" | "customer";
export type Lane = { "kind": "dated", 
/**
 * Certainly enough until then.
 */
earliest: number, 
/**
 * The tick.
 */
likely: number, 
/**
 * End of the open bar.
 */
latest: number | null, } | { "kind": "beyond", 
/**
 * First day of that month.
 */
month: string, } | { "kind": "unknown", };
export type LaneWeek = { 
/**
 * Days from today.
 */
offset: number, 
/**
 * The day.
 */
day: string, };
export type LedgerLine = { 
/**
 * The entry; absent for folded runs.
 */
entry: EntryId | null, 
/**
 * When it happened.
 */
at: number, 
/**
 * The same, as a day.
 */
day: string, 
/**
 * A time of day is known (not only a day).
 */
timed: boolean, 
/**
 * What.
 */
what: LedgerWhat, 
/**
 * Change of what is left; absent where it makes no sense.
 */
change: Amount | null, 
/**
 * What was left after it.
 */
left: Amount | null, 
/**
 * It was undone: struck through, with Redo.
 */
undone: boolean, 
/**
 * It can be undone (or redone) by the person.
 */
own: boolean, 
/**
 * It replaces an entry that was amended.
 */
amended: boolean, 
/**
 * The note left with it.
 */
note: string | null, 
/**
 * The stocktake it was counted in; undo may name it.
 */
stocktake: EntryId | null, };
export type LedgerWhat = { "kind": "uses", 
/**
 * How many.
 */
count: number, 
/**
 * Day of the first.
 */
from: string, 
/**
 * The first, ms UTC; the line's `at` is the last.
 */
first_at: number, 
/**
 * They are level readings, not uses.
 */
levels: boolean, } | { "kind": "bought", 
/**
 * Packs.
 */
packs: number, 
/**
 * Content of one pack.
 */
content: Amount | null, 
/**
 * What it cost, in thousandths of `currency`.
 */
price_milli: number | null, 
/**
 * ISO 4217.
 */
currency: string | null, 
/**
 * Where.
 */
shop: string | null, 
/**
 * Which product.
 */
asin: string | null, } | { "kind": "replaced", 
/**
 * With the spare.
 */
from_shelf: boolean, } | { "kind": "counted", 
/**
 * In the device.
 */
level: Amount | null, 
/**
 * On the shelf.
 */
shelf: Amount | null, } | { "kind": "received", 
/**
 * Packs.
 */
packs: number, } | { "kind": "rise", 
/**
 * The question.
 */
rise: Rise, } | { "kind": "dismissed", 
/**
 * The level that was read.
 */
level: Amount, } | { "kind": "overshoot", 
/**
 * How much.
 */
amount: Amount, };
export type LinkBegun = { 
/**
 * The maker's page.
 */
url: string, 
/**
 * Until when somebody may take there.
 */
until: number, };
export type LinkState = { "is": "unlinked", } | { "is": "waiting", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * The maker's page, to be opened again; absent after a restart.
 */
url: string | null, 
/**
 * Until when it is waited for.
 */
until: number, } | { "is": "linked", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * The address its owner signs in with.
 */
email: string, 
/**
 * Its owner's name.
 */
name: string, 
/**
 * What was granted.
 */
scope: string, 
/**
 * Since when.
 */
since: number, 
/**
 * Supplies that the cloud has too.
 */
supplies: number, 
/**
 * The link is still there at the next start; there is a keychain.
 */
lasting: boolean, 
/**
 * How it goes.
 */
connection: CloudConnection, 
/**
 * How the maker's link to Alexa stands; absent where the maker has none, or has not said yet.
 */
alexa: AlexaView | null, };
export type LiveView = { 
/**
 * The model, by its folder's name.
 */
model: string, 
/**
 * The one case it is about; absent: all.
 */
case: Case | null, 
/**
 * Steps that are over.
 */
done: number, 
/**
 * Of so many; 0: it is being set up.
 */
steps: number, 
/**
 * What happened, after what was asked for.
 */
moments: Array<MomentView>, };
export type Locale = "de-DE" | "en-GB" | "en-US" | "es-ES" | "es-US" | "fr-FR" | "it-IT" | "ja-JP";
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";
export type Looked = "devices" | "entries" | "orders" | "reports" | "links" | "notices";
export type LowSource = "own" | "device" | "usual" | "none";
export type MakerSays = { "is": "unlinked", } | { "is": "known", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * It may tell Alexa of this account.
 */
alexa: boolean, 
/**
 * Why it sends nothing until a person did something.
 */
stopped: ReportReason | null, } | { "is": "unreachable", 
/**
 * The cloud's address, for people.
 */
server: string, 
/**
 * Why, for the details.
 */
detail: string, };
export type Mark = { 
/**
 * 0 to 1, or none when the level is unknown.
 */
fill: number | null, 
/**
 * How it is measured.
 */
texture: Texture, 
/**
 * Number of segments, 1 to 12.
 */
segments: number, 
/**
 * The supply's own colours; empty = neutral.
 */
colours: Array<Colour>, 
/**
 * Height of the notch, 0 to 1.
 */
low: number | null, 
/**
 * At or below the low mark.
 */
low_reached: boolean, 
/**
 * No reading for 48 hours from a device that reports: dashed outline.
 */
stale: boolean, 
/**
 * The device says "some left".
 */
some_left: boolean, };
export type MarketView = { 
/**
 * Which.
 */
marketplace: Marketplace, 
/**
 * What comes next there; absent once it is certified.
 */
next: Stage | null, 
/**
 * How much is wrong, missing or awaited there.
 */
open: number, };
export type Marketplace = "US" | "UK" | "DE" | "FR" | "IT" | "ES" | "JP";
export type Missing = "date" | "supply" | "amount" | "what" | "dates";
export type ModelFile = "json" | "html" | "discovery" | "letter";
export type ModelLine = { 
/**
 * Its folder's name.
 */
model: string, 
/**
 * Its name in the console; empty as long as it has none.
 */
name: string, 
/**
 * Its model ID.
 */
id: string, 
/**
 * What there is to do, in a sentence; or why its file can't be read.
 */
says: string, 
/**
 * The gravest thing found about it; absent once nothing is.
 */
grade: Grade | null, 
/**
 * How many things are wrong or missing; where nothing is, how many are awaited.
 */
count: number, 
/**
 * Its file can't be read; it stays as it is.
 */
unreadable: boolean, };
export type ModelSaved = { 
/**
 * The model as it is kept now.
 */
view: ModelView, 
/**
 * What the console no longer takes; if there is any, nothing was changed.
 */
refused: Array<RefusedView>, };
export type ModelText = { 
/**
 * A name for it.
 */
name: string, 
/**
 * What it says.
 */
text: string, };
export type ModelView = { 
/**
 * Its folder's name.
 */
model: string, 
/**
 * What is kept.
 */
dossier: Dossier, 
/**
 * What there is to do, in a sentence.
 */
headline: string, 
/**
 * What was found about it, in the console's order.
 */
findings: Array<FindingView>, 
/**
 * How it stands in each country.
 */
marketplaces: Array<MarketView>, 
/**
 * Its slots, in the order of the dossier.
 */
slots: Array<SlotDesk>, 
/**
 * The fields of the console, to be copied.
 */
fields: Array<FieldView>, 
/**
 * Its picture.
 */
image: ImageView | null, 
/**
 * IDs are assigned: what was entered stands.
 */
assigned: boolean, 
/**
 * It is certified somewhere: only marketplaces are added.
 */
certified: boolean, 
/**
 * What Alexa would be told.
 */
preview: Preview, };
export type ModelsView = { 
/**
 * By name.
 */
models: Array<ModelLine>, 
/**
 * The folder they lie in.
 */
folder: string, };
export type MomentView = { 
/**
 * Its number in its run, from 1.
 */
number: number, 
/**
 * The day of the run, from 1.
 */
day: number, 
/**
 * When, ms UTC.
 */
at: number, 
/**
 * In a line.
 */
says: string, 
/**
 * The message, as JSON without tokens.
 */
json: string | null, 
/**
 * Why Amazon did not take it.
 */
refused: string | null, 
/**
 * A reason to fail names it.
 */
wrong: boolean, };
export type NameView = { 
/**
 * The name.
 */
name: string, 
/**
 * Rows that carry it.
 */
rows: number, 
/**
 * Where they go.
 */
goes: Goes, };
export type Next = { "kind": "replace_now", 
/**
 * Pieces on the shelf.
 */
spares: number, 
/**
 * It is empty, not only nearly.
 */
empty: boolean, } | { "kind": "empty_no_spare", } | { "kind": "confirm_rise", 
/**
 * The question itself.
 */
rise: Rise, } | { "kind": "order_by", 
/**
 * The last day, by the slot's rule.
 */
by: string | null, 
/**
 * The day has passed: "Order now".
 */
now: boolean, 
/**
 * When it ends.
 */
runs_out: When | null, 
/**
 * Amazon reordered it by itself, and that was stopped.
 */
paused: boolean, } | { "kind": "order_arrives", 
/**
 * When.
 */
due: string, 
/**
 * Days to spare before the likely end; negative = so many too late; absent where no end can be said.
 */
spare: number | null, 
/**
 * It comes too late.
 */
late: boolean, 
/**
 * It is shipped; if not, the day is what Amazon expects.
 */
shipped: boolean, } | { "kind": "order_overdue", 
/**
 * The day.
 */
due: string, } | { "kind": "order_placed", 
/**
 * When.
 */
at: string, } | { "kind": "order_requested", 
/**
 * When.
 */
at: string, } | { "kind": "amazon_reorders", } | { "kind": "runs", 
/**
 * When it ends.
 */
when: When, } | { "kind": "learning", 
/**
 * Uses, changes of level or replacements seen.
 */
seen: number, 
/**
 * How many more are wanted.
 */
more: number, 
/**
 * Days of history still wanted when the count is reached, else 0.
 */
more_days: number, } | { "kind": "unused", 
/**
 * Day of the last use.
 */
last: string | null, } | { "kind": "level_unknown", 
/**
 * It says "some left".
 */
some_left: boolean, } | { "kind": "not_counted", };
export type NextOrder = { 
/**
 * When it would be placed; absent where that can't be said.
 */
day: string | null, 
/**
 * Why then.
 */
why: NextOrderWhy, };
export type NextOrderWhy = { "kind": "days_left", 
/**
 * How many.
 */
days: number, } | { "kind": "now", } | { "kind": "cancelled", } | { "kind": "cancelled_twice", } | { "kind": "under_way", } | { "kind": "no_pace", };
export type Notice = { 
/**
 * What is the matter.
 */
title: string, 
/**
 * More of it.
 */
body: string, 
/**
 * Where a click leads.
 */
place: Place, 
/**
 * The supply, where it is about one alone.
 */
slot: SlotId | null, 
/**
 * What can be done at once, where the system shows it.
 */
acts: Array<NoticeAct>, };
export type NoticeAct = { 
/**
 * What.
 */
does: NoticeDoes, 
/**
 * Its name.
 */
label: string, };
export type NoticeDoes = "bought" | "tomorrow" | "open";
export type NoticesView = { 
/**
 * No notices until then.
 */
paused_until: number | null, };
export type OrderLine = { 
/**
 * The device.
 */
device: EndpointId, 
/**
 * Amazon's name of it; with the device it is unique.
 */
order: string, 
/**
 * The slot, where it is one of the household's.
 */
slot: SlotId | null, 
/**
 * The supply's name; Amazon's word for the slot where it is none of the household's.
 */
name: string, 
/**
 * The device's name.
 */
device_name: string, 
/**
 * The mark.
 */
mark: Mark | null, 
/**
 * A test: nothing is charged, and nothing comes.
 */
test: boolean, 
/**
 * How much of the supply is in it; absent where that was not understood.
 */
amount: Amount | null, 
/**
 * Amazon's numbers of what is in it.
 */
asins: Array<string>, 
/**
 * Its way: what happened and what is to come.
 */
track: Array<TrackStep>, 
/**
 * How it stands.
 */
state: OrderState, 
/**
 * Days between its arrival and the likely end; negative = so many too late; absent where either is not known.
 */
spare: number | null, 
/**
 * What is left.
 */
left: Amount | null, 
/**
 * When that ends.
 */
ends: When | null, 
/**
 * Its last event, for the list of earlier ones.
 */
day: string | null, };
export type OrderState = { "is": "requested", 
/**
 * Amazon may take until then.
 */
until: string, 
/**
 * That has passed without a word.
 */
silent: boolean, } | { "is": "placed", 
/**
 * When it is expected, if Amazon said so.
 */
expected: string | null, 
/**
 * Nothing was heard of it for a month.
 */
forgotten: boolean, } | { "is": "on_its_way", 
/**
 * When it arrives.
 */
due: string, } | { "is": "arrived", 
/**
 * Which day.
 */
day: string, 
/**
 * What the person said; absent = nothing yet.
 */
came: boolean | null, 
/**
 * "Did it arrive?" is asked.
 */
question: boolean, 
/**
 * Why it could not be added to the stock by itself.
 */
unclear: string | null, } | { "is": "cancelled", 
/**
 * When.
 */
day: string, 
/**
 * When it may be asked for again.
 */
again: AgainView, };
export type OrdersHeadline = { "kind": "not_linked", } | { "kind": "none", } | { "kind": "nothing_open", } | { "kind": "question", 
/**
 * Orders that are asked about.
 */
count: number, 
/**
 * The supply of the first of them.
 */
name: string, } | { "kind": "late", 
/**
 * How many do.
 */
count: number, 
/**
 * The supply of the first of them.
 */
name: string, } | { "kind": "arrives", 
/**
 * The first day.
 */
day: string, 
/**
 * How many arrive on it.
 */
count: number, 
/**
 * The supply of the first of them.
 */
name: string, 
/**
 * Days to spare; absent where no end can be said.
 */
spare: number | null, } | { "kind": "under_way", 
/**
 * How many.
 */
count: number, 
/**
 * Of these, how many Amazon has not confirmed.
 */
unconfirmed: number, };
export type OrdersView = { 
/**
 * Today.
 */
today: string, 
/**
 * An account is linked.
 */
linked: boolean, 
/**
 * The sentence.
 */
headline: OrdersHeadline, 
/**
 * Orders that are under way, or about which something is asked; what arrives first comes first.
 */
open: Array<OrderLine>, 
/**
 * The others, newest first.
 */
earlier: Array<OrderLine>, 
/**
 * Reordering by supply, in the order of the sidebar.
 */
reorder: Array<ReorderLine>, };
export type Outcome = { 
/**
 * The mark before.
 */
before: Mark, 
/**
 * The mark after.
 */
after: Mark, 
/**
 * What is left before.
 */
left_before: Amount | null, 
/**
 * What is left after.
 */
left_after: Amount | null, 
/**
 * Spares after, for what is replaced as a whole.
 */
spares_after: number | null, 
/**
 * The date before.
 */
when_before: When | null, 
/**
 * The date after.
 */
when_after: When | null, 
/**
 * Day of a later reading that still counts.
 */
later_reading: string | null, 
/**
 * What the repeated effect is called on the button: the amount added or corrected to.
 */
effect: Amount | null, };
export type Pace = { 
/**
 * Seconds in which a day passes.
 */
day_seconds: number, 
/**
 * It stands still.
 */
paused: boolean, };
export type Place = { "to": "nowhere", } | { "to": "slot", 
/**
 * Which.
 */
slot: SlotId, } | { "to": "bought", 
/**
 * Which.
 */
slot: SlotId, } | { "to": "slot_gone", } | { "to": "device", 
/**
 * Which.
 */
device: EndpointId, } | { "to": "device_gone", } | { "to": "account", } | { "to": "supplies", } | { "to": "back", 
/**
 * Whose settings they were.
 */
device: EndpointId, 
/**
 * From whose page they were opened.
 */
slot: SlotId | null, 
/**
 * What they were called there, for the line that says so.
 */
name: string, };
export type Plot = { 
/**
 * Start of the history.
 */
left: number, 
/**
 * End of the future.
 */
right: number, 
/**
 * The highest labelled amount.
 */
top: number, 
/**
 * Zero.
 */
bottom: number, 
/**
 * The line of now.
 */
now: number, };
export type PointKind = "reading" | "today" | "forecast" | "bought" | "delivered" | "replaced" | "corrected" | "expected";
export type PolicyView = { 
/**
 * The rule.
 */
rule: Rule, 
/**
 * Its risk in percent; absent for Amazon's.
 */
risk: number | null, 
/**
 * Days a delivery takes.
 */
delivery_days: number, 
/**
 * They were set for this slot; else they are the household's.
 */
delivery_own: boolean, 
/**
 * Days of use in hand, for Amazon's rule.
 */
days_in_hand: number, 
/**
 * The day to have ordered by; absent where no end can be said.
 */
order_by: string | null, };
export type Precision = "day" | "about" | "part_of_month" | "month" | "not_before";
export type Present = { 
/**
 * Devices in it.
 */
devices: number, 
/**
 * Entries in it.
 */
entries: number, 
/**
 * The newest of them, ms UTC.
 */
newest: number | null, };
export type Preview = { 
/**
 * `Discover.Response` as it is sent, set out for reading. Endpoint and message IDs are examples.
 */
json: string, 
/**
 * Slots that are not in it because they can't be reported yet, as the console calls them.
 */
left_out: Array<string>, 
/**
 * Rules it would break; none if it can be sent.
 */
broken: Array<Broken>, };
export type Price = { 
/**
 * Thousandths of the currency.
 */
milli: number, 
/**
 * ISO 4217.
 */
currency: string, };
export type Question = "left" | "used" | "run";
export type QuietForm = { "kind": "heard", } | { "kind": "until", 
/**
 * After today.
 */
day: string, } | { "kind": "until_replaced", } | { "kind": "always", };
export type Range = "month" | "three_months" | "year";
export type Reason = "measures_left" | "knows_use" | "knows_time";
export type Reconciliation = { 
/**
 * What the ledger says is left, the figure all screens use.
 */
ledger: FigureView | null, 
/**
 * The device.
 */
device: DeviceSays, 
/**
 * The shelf.
 */
shelf: ShelfSays, 
/**
 * Amazon.
 */
amazon: AmazonSays, };
export type RecordForm = { 
/**
 * A UUIDv7.
 */
id: EntryId, 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * The day it happened, never in the future; absent = now.
 */
on: string | null, 
/**
 * Anything to remember.
 */
note: string | null, 
/**
 * The entry this one replaces (amend): it is voided in the same step.
 */
amends: EntryId | null, 
/**
 * What.
 */
what: What, };
export type Recorded = { 
/**
 * The entry; undo names it.
 */
entry: EntryId, 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * The effect in one amount, for "Added 1.5 l."
 */
effect: Amount | null, };
export type Refusal = "encoding" | "cells" | "no_supply" | "no_date" | "bad_date" | "not_then" | "bad_what" | "no_amount" | "bad_amount" | "bad_unit" | "bad_packs" | "bad_price" | "too_long" | "bad_shape" | "orphan" | "taken";
export type RefusedRow = { 
/**
 * Line in the file, from 1.
 */
line: number, 
/**
 * Why.
 */
why: Refusal, 
/**
 * What stands there.
 */
text: string, };
export type RefusedView = { 
/**
 * The member of the dossier.
 */
field: string, 
/**
 * Why, in words.
 */
why: string, };
export type Region = "north_america" | "europe" | "far_east";
export type RemovedDevice = { 
/**
 * Its id.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Until when it can be brought back.
 */
kept_until: number, };
export type ReorderLine = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its device.
 */
device: EndpointId, 
/**
 * The device's name.
 */
device_name: string, 
/**
 * The mark.
 */
mark: Mark, 
/**
 * How it stands.
 */
state: ReorderState, 
/**
 * How much the next order would bring; absent where that was not understood, or none would come.
 */
amount: Amount | null, 
/**
 * Amazon's numbers of what it would bring.
 */
asins: Array<string>, 
/**
 * Days that lasts at the present pace.
 */
lasts: number | null, 
/**
 * The next order; absent where it does not reorder.
 */
next: NextOrder | null, };
export type ReorderState = { "is": "on", 
/**
 * Since.
 */
since: string, } | { "is": "paused", 
/**
 * Since.
 */
since: string, 
/**
 * By whom.
 */
by: "customer" | "unknown" | "deregistration", } | { "is": "not_set_up", } | { "is": "unregistered", 
/**
 * Since.
 */
since: string, } | { "is": "untold", };
export type Reply = "seen" | "not_seen" | "other" | "cannot_see";
export type ReportAction = "none" | "send_now" | "send_again" | "link_again";
export type ReportCounts = { 
/**
 * That wait for something that comes by itself.
 */
waiting: number, 
/**
 * That a person has to look at.
 */
parked: number, 
/**
 * Of those, messages to Alexa, the maker's cloud's and this computer's own.
 */
parked_there: number, 
/**
 * That arrived today.
 */
delivered_today: number, };
export type ReportDay = { 
/**
 * Which.
 */
day: string, 
/**
 * Its reports, the newest first.
 */
lines: Array<ReportLine>, };
export type ReportForm = "json" | "html";
export type ReportGroup = "done" | "waiting" | "parked";
export type ReportLevel = { 
/**
 * The supply's name.
 */
name: string, 
/**
 * What is left; absent: the device did not say a number.
 */
amount: Amount | null, 
/**
 * What it is.
 */
supply: SupplyKind | null, };
export type ReportLine = { 
/**
 * Names it in the other commands.
 */
key: string, 
/**
 * When it was so, by the device's clock.
 */
at: number, 
/**
 * What it says.
 */
told: ReportTold, 
/**
 * The device's name, if it is one and is known here.
 */
device: string | null, 
/**
 * The kind of message, as the one who gets it calls it.
 */
message: string, 
/**
 * Where it stands.
 */
state: ReportState, 
/**
 * Which filter shows it.
 */
group: ReportGroup, };
export type ReportReason = "invalid" | "too_large" | "device_gone" | "link_lost" | "skill_disabled" | "not_enabled_here" | "not_permitted" | "other_skill" | "wrong_address" | "entry_refused" | "entry_conflict";
export type ReportState = { "is": "queued", } | { "is": "sending", } | { "is": "waiting", 
/**
 * Not before.
 */
until: number, } | { "is": "delivered", 
/**
 * Since.
 */
at: number, } | { "is": "with_maker", 
/**
 * Since.
 */
at: number, } | { "is": "parked", 
/**
 * Why.
 */
reason: ReportReason, } | { "is": "superseded", 
/**
 * When the newer one was sampled, if it is known.
 */
by: number | null, } | { "is": "discarded", 
/**
 * When.
 */
at: number, };
export type ReportStep = { 
/**
 * When.
 */
at: number, 
/**
 * What.
 */
what: StepWhat, };
export type ReportStrip = { 
/**
 * Which.
 */
slot: SlotId, 
/**
 * Its name.
 */
name: string, 
/**
 * Reports that left.
 */
sent: number, 
/**
 * That were taken.
 */
accepted: number, 
/**
 * That were not.
 */
refused: number, 
/**
 * When the next daily report is due, if a level is reported.
 */
due: number | null, };
export type ReportTold = { "what": "levels", 
/**
 * In which supplies.
 */
levels: Array<ReportLevel>, 
/**
 * Nothing changed: the daily report.
 */
daily: boolean, } | { "what": "health", 
/**
 * It can.
 */
reachable: boolean, } | { "what": "described", 
/**
 * Their names, where they are known here.
 */
devices: Array<string>, } | { "what": "removed", 
/**
 * How many.
 */
count: number, } | { "what": "used", 
/**
 * The supply's name.
 */
name: string, 
/**
 * How much.
 */
amount: Amount, 
/**
 * What it is.
 */
supply: SupplyKind | null, } | { "what": "replaced", 
/**
 * The supply's name.
 */
name: string, } | { "what": "bought", 
/**
 * The supply's name.
 */
name: string, 
/**
 * How many.
 */
packs: number, } | { "what": "received", 
/**
 * The supply's name.
 */
name: string, 
/**
 * How many packs.
 */
packs: number, } | { "what": "counted", 
/**
 * The supply's name.
 */
name: string, } | { "what": "undone", 
/**
 * The supply's name.
 */
name: string, };
export type ReportView = { 
/**
 * As in the list.
 */
line: ReportLine, 
/**
 * What happened, the oldest first.
 */
steps: Array<ReportStep>, 
/**
 * Attempts begun; more than there are steps of them when only the latest are remembered.
 */
attempts: number, 
/**
 * Attempts of which nobody knows whether they arrived, of a report that would count twice.
 */
doubtful: number, 
/**
 * The very message, as JSON, without its token.
 */
message: string, 
/**
 * Why, in the words of who refused it.
 */
detail: string | null, 
/**
 * The one useful thing to do.
 */
action: ReportAction, 
/**
 * It can be put away.
 */
discardable: boolean, 
/**
 * How reporting of its supply goes.
 */
strip: ReportStrip | null, };
export type ReportsView = { 
/**
 * The days, the newest first.
 */
days: Array<ReportDay>, 
/**
 * How many there are.
 */
counts: ReportCounts, 
/**
 * What the maker's cloud says of its messages to Alexa.
 */
maker: MakerSays, 
/**
 * There are older ones, which are not shown.
 */
more: boolean, };
export type Restored = { 
/**
 * Devices.
 */
devices: number, 
/**
 * Entries.
 */
entries: number, 
/**
 * Where the household that was open before is kept; absent when there was none.
 */
before: string | null, };
export type Rise = { 
/**
 * The reading that showed it; answers name it.
 */
entry: EntryId, 
/**
 * When.
 */
at: number, 
/**
 * Level before.
 */
from: Amount, 
/**
 * Level after.
 */
to: Amount, 
/**
 * What the person answered last time for this slot, to be preselected.
 */
last_answer: RiseAnswer | null, };
export type RiseAnswer = "new" | "partly_refilled" | "glitch";
export type Role = "none" | "date" | "time" | "device" | "supply" | "what" | "amount" | "unit" | "packs" | "price" | "currency" | "shop" | "note" | "id";
export type RowAction = "replaced" | "bought" | "answer_rise";
export type RowView = { 
/**
 * Line in the file, from 1.
 */
line: number, 
/**
 * What becomes of it.
 */
fate: Fate, 
/**
 * When, ms UTC.
 */
at: number, 
/**
 * The supply.
 */
supply: string, 
/**
 * What happened: the kind's word in the ledger (`purchased`, `level_read` …).
 */
what: string, 
/**
 * How much.
 */
amount: Amount | null, };
export type Rule = "amazon" | "careful" | "normal" | "thrifty";
export type Section = "needs_you" | "on_its_way" | "six_weeks" | "later" | "not_known";
export type SensorKind = "level" | "usage" | "level_usage" | "none";
export type Sent = { 
/**
 * The name as the file has it, `device / supply` where it has both.
 */
name: string, 
/**
 * Where.
 */
goes: Goes, };
export type Settings = { 
/**
 * Language of the interface: `system`, `en` or `de`.
 */
language: string, 
/**
 * Region for dates, numbers and units: `system` or one of the eight locales.
 */
locale: string, 
/**
 * `system`, `light`, `dark`.
 */
theme: string, 
/**
 * `comfortable`, `compact`.
 */
density: string, 
/**
 * Text size in percent, 90 to 200.
 */
text_size: number, 
/**
 * Units: `region`, `metric`, `us`.
 */
units: string, 
/**
 * Group Supplies by `urgency` or `device`.
 */
group: string, 
/**
 * Where the person shops at Amazon: `region`, or one of `us`, `uk`, `de`, `fr`, `it`, `es`, `jp`.
 */
amazon_country: string, 
/**
 * Days of use to keep in hand where Amazon's rule is chosen (7).
 */
days_in_hand: number, 
/**
 * Days a delivery usually takes, 0 to 90.
 */
delivery_days: number, 
/**
 * Minutes between two readings of a printer, 5 to 1440.
 */
poll_minutes: number, 
/**
 * Read printers at all.
 */
polling: boolean, 
/**
 * Single-key shortcuts in lists.
 */
single_keys: boolean, 
/**
 * Notifications when something comes to need the person.
 */
notifications: boolean, 
/**
 * When: `at_once`, or `daily` in one summary.
 */
notice_when: string, 
/**
 * Hour of the day of that summary, 0 to 23.
 */
notice_hour: number, 
/**
 * No notifications at night.
 */
quiet_hours: boolean, 
/**
 * Hour the night begins, 0 to 23.
 */
quiet_from: number, 
/**
 * Hour it ends, 0 to 23.
 */
quiet_until: number, 
/**
 * Open Refill at login.
 */
open_at_login: boolean, 
/**
 * The welcome was passed.
 */
welcomed: boolean, };
export type ShelfMate = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its device's name.
 */
device_name: string, 
/**
 * A purchase for each of the two named the same product.
 */
same_product: boolean, };
export type ShelfSays = { 
/**
 * As calculated.
 */
now: Amount, 
/**
 * As last counted.
 */
counted: FigureView | null, 
/**
 * From the count (or from nothing) to now; absent when they agree.
 */
difference: DifferenceView | null, };
export type SlotDesk = { 
/**
 * Its sensor, or the question to answer next.
 */
decision: Decision, 
/**
 * Why that sensor, in words.
 */
reason: string | null, 
/**
 * When its ID was asked for and is due, in words.
 */
request: string | null, 
/**
 * The ID stands.
 */
locked: boolean, };
export type SlotForm = { 
/**
 * The printer's instance; absent for slots by hand.
 */
instance: string | null, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * How it is measured.
 */
sensor: SensorKind, 
/**
 * The unit it is counted in.
 */
unit: Unit, 
/**
 * What a full one holds.
 */
capacity: Typed | null, 
/**
 * One pack.
 */
pack: Typed | null, 
/**
 * Low mark.
 */
low: Typed | null, 
/**
 * What is in it now; absent = not counted.
 */
level: Typed | null, 
/**
 * What lies on the shelf now.
 */
shelf: Typed | null, };
export type SlotId = string;
export type SlotOrders = { 
/**
 * Its orders: open ones first, newest first.
 */
orders: Array<OrderLine>, 
/**
 * Its reordering.
 */
reorder: ReorderLine, };
export type SlotPatch = { 
/**
 * New name.
 */
name: string | null, 
/**
 * New low mark; an empty text takes the person's own away.
 */
low: Typed | null, 
/**
 * New capacity.
 */
capacity: Typed | null, 
/**
 * New pack.
 */
pack: Typed | null, 
/**
 * Mute until replaced.
 */
muted: boolean | null, };
export type SlotView = { 
/**
 * Now.
 */
at: number, 
/**
 * Today.
 */
today: string, 
/**
 * The row.
 */
row: SupplyRow, 
/**
 * Settings of its device at Amazon's Dash.
 */
dash: DashView, 
/**
 * Why.
 */
why: Why | null, 
/**
 * In the device alone.
 */
level: Amount | null, 
/**
 * On the shelf: pieces, or content for pooled stock.
 */
shelf: Amount, 
/**
 * One pack: pieces or content.
 */
pack: Amount, 
/**
 * What a full one holds.
 */
capacity: Amount | null, 
/**
 * Mean use a day.
 */
per_day: Amount | null, 
/**
 * What the rate, and so the date, was made of.
 */
basis: Basis | null, 
/**
 * How good the dates of this supply were.
 */
record: TrackRecord | null, 
/**
 * The low mark in force.
 */
low_mark: Amount | null, 
/**
 * Who set the low mark.
 */
low_source: LowSource, 
/**
 * Last reading or count.
 */
measured_at: number | null, 
/**
 * The unit of the slot.
 */
unit: Unit, 
/**
 * Units a form may offer, first the usual one.
 */
units: Array<Unit>, 
/**
 * Distinct packs bought before, newest first.
 */
recent_packs: Array<Amount>, 
/**
 * Used more than there was, in all.
 */
overshoot: Amount | null, 
/**
 * Ledger lines, newest first.
 */
ledger: Array<LedgerLine>, 
/**
 * There are older lines.
 */
more: boolean, 
/**
 * Previous and next slot in list order.
 */
previous: SlotId | null, 
/**
 * Next in list order.
 */
following: SlotId | null, 
/**
 * Address of the device on the network, if it is read there.
 */
connection: Connection, 
/**
 * When it asks to be ordered.
 */
policy: PolicyView, 
/**
 * Readings in a row at or below the low mark.
 */
low_readings: number, 
/**
 * How many make it low.
 */
low_needed: number, 
/**
 * Other slots on the same shelf.
 */
shelf_mates: Array<ShelfMate>, 
/**
 * Slots that could take from the same shelf.
 */
shelf_candidates: Array<ShelfMate>, 
/**
 * Slots of the account that it may be the same as.
 */
attachable: Array<ShelfMate>, 
/**
 * What the device, the shelf and Amazon say.
 */
reconciliation: Reconciliation, 
/**
 * Orders and reordering; absent where the maker's cloud has no such slot.
 */
orders: SlotOrders | null, };
export type Stage = "request" | "test" | "certify";
export type Step = "device" | "customise" | "slots" | "ids" | "accounts";
export type StepView = { 
/**
 * The entry; absent for what no entry makes.
 */
entry: EntryId | null, 
/**
 * When.
 */
day: string | null, 
/**
 * What it was.
 */
cause: Cause, 
/**
 * The level or stock that a count stated.
 */
stated: Amount | null, 
/**
 * What it adds to the difference.
 */
change: Amount, 
/**
 * The device of another slot on the same shelf on which it was recorded.
 */
device_name: string | null, };
export type StepWhat = { "what": "queued", } | { "what": "accepted", 
/**
 * The cloud's address, for people.
 */
server: string, } | { "what": "refused", 
/**
 * The cloud's address, for people.
 */
server: string, } | { "what": "answered", 
/**
 * HTTP status.
 */
status: number, 
/**
 * Amazon's code.
 */
code: string | null, } | { "what": "not_sent", } | { "what": "lost", } | { "what": "next_try", } | { "what": "discarded", };
export type StocktakeForm = { 
/**
 * A UUIDv7.
 */
id: EntryId, 
/**
 * The day it was counted, never in the future; absent = now.
 */
on: string | null, 
/**
 * Anything to remember.
 */
note: string | null, 
/**
 * The counted supplies.
 */
lines: Array<CountForm>, };
export type StocktakeLine = { 
/**
 * The supply.
 */
row: SupplyRow, 
/**
 * In the device now.
 */
level: Amount | null, 
/**
 * On the shelf now: pieces, or content for pooled stock.
 */
shelf: Amount, 
/**
 * Units a form may offer for the level, first the usual one.
 */
units: Array<Unit>, 
/**
 * Units a form may offer for the shelf, first the usual one.
 */
shelf_units: Array<Unit>, 
/**
 * The shelf was counted on an earlier line already: it is one shelf.
 */
shelf_above: boolean, };
export type StocktakeView = { 
/**
 * Today.
 */
today: string, 
/**
 * By device, in the order of the sidebar.
 */
lines: Array<StocktakeLine>, };
export type Stocktaken = { 
/**
 * The step; undo names it.
 */
id: EntryId, 
/**
 * Supplies that were counted.
 */
count: number, };
export type SuppliesView = { 
/**
 * Now.
 */
at: number, 
/**
 * Today.
 */
today: string, 
/**
 * Hour of the person's day, 0 to 23.
 */
hour: number, 
/**
 * The sentence.
 */
headline: Headline, 
/**
 * At most two slots, most urgent first, for the second line.
 */
named: Array<SlotId>, 
/**
 * All rows in the order of the screen.
 */
rows: Array<SupplyRow>, 
/**
 * Devices in the order of the sidebar.
 */
devices: Array<DeviceBrief>, 
/**
 * First day of each week inside the lane, as days from today.
 */
weeks: Array<LaneWeek>, 
/**
 * The foot of the sidebar.
 */
sync: Sync, 
/**
 * The sample household is open.
 */
sample: boolean, 
/**
 * Orders that are under way, or about which something is asked.
 */
open_orders: number, };
export type SupplyKind = "ink" | "toner" | "part" | "waste" | "pods" | "tablets" | "detergent" | "filter" | "brush" | "battery" | "food" | "other";
export type SupplyRow = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * Its device.
 */
device: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * The device's name.
 */
device_name: string, 
/**
 * The device's kind.
 */
device_kind: DeviceKind, 
/**
 * What the supply is, for its noun.
 */
supply: SupplyKind, 
/**
 * How it is measured.
 */
sensor: SensorKind, 
/**
 * Where it stands.
 */
section: Section, 
/**
 * What happens next.
 */
next: Next, 
/**
 * The verb of its end.
 */
verb: Verb, 
/**
 * The mark.
 */
mark: Mark, 
/**
 * What is left (device and shelf together for pooled stock); absent = unknown.
 */
left: Amount | null, 
/**
 * What a full one holds, where that is worth a line ("of 1.5 l").
 */
of: Amount | null, 
/**
 * `left` is a guess carried on from the last count at the usual pace.
 */
estimated: boolean, 
/**
 * Spares on the shelf, in pieces; absent for pooled stock.
 */
spares: number | null, 
/**
 * Stock is one pool: buying adds to what is left, nothing is "replaced".
 */
pooled: boolean, 
/**
 * Whole days without a reading, from 2 on.
 */
silent_days: number | null, 
/**
 * The lane.
 */
lane: Lane, 
/**
 * Days until an order arrives.
 */
arrives: number | null, 
/**
 * The row's one action.
 */
action: RowAction | null, 
/**
 * Kept out of "Needs you" until replaced, or for good.
 */
muted: boolean, 
/**
 * It is for good.
 */
muted_always: boolean, 
/**
 * Kept out of "Needs you" until this day.
 */
snoozed_until: string | null, 
/**
 * Its device has a link to Dash settings.
 */
dash: boolean, 
/**
 * What takes from the same shelf: devices by their names, supplies of the same device by theirs.
 */
shared_with: Array<string>, };
export type SupportView = { "is": "absent", } | { "is": "away", } | { "is": "known", 
/**
 * Requests that wait for an answer, the newest first.
 */
requests: Array<AccessRequest>, 
/**
 * Who may see now.
 */
open: Array<AccessOpen>, 
/**
 * What was looked at and done, the newest first.
 */
trail: Array<TrailEntry>, };
export type Sync = { 
/**
 * An account is linked.
 */
linked: boolean, 
/**
 * The latest reading of any device.
 */
last_reading: number | null, 
/**
 * Devices that are read over the network.
 */
read: number, 
/**
 * Those of them that did not answer at the last try.
 */
silent: number, };
export type Template = { 
/**
 * The kind.
 */
kind: DeviceKind, 
/**
 * Its usual slots.
 */
slots: Array<TemplateSlot>, };
export type TemplateSlot = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * How it is measured.
 */
sensor: SensorKind, 
/**
 * The unit.
 */
unit: Unit, 
/**
 * What a full one holds.
 */
capacity: Amount | null, 
/**
 * One pack.
 */
pack: Amount, };
export type TestDevice = { 
/**
 * It.
 */
id: EndpointId, 
/**
 * Its name.
 */
name: string, };
export type Texture = "solid" | "segments" | "lines";
export type ToldStanding = "waiting" | "delivered" | "parked" | "unknown";
export type Topic = "ids" | "products" | "details" | "question";
export type Towards = "nothing" | "asked" | "open";
export type TrackRecord = { 
/**
 * Ends whose dates are compared: six at most.
 */
ends: number, 
/**
 * Mean days by which the dates given 7, 14 and 30 days before were off.
 */
off_days: number, 
/**
 * Of the last comparisons, how many fell between earliest and latest...
 */
inside: number, 
/**
 * ...and how many there were, twenty at most.
 */
judged: number, 
/**
 * The band is wider or narrower than the use alone says, because of this record.
 */
scaled: boolean, };
export type TrackStep = { 
/**
 * Which.
 */
kind: "asked" | "placed" | "shipped" | "due" | "arrived" | "cancelled", 
/**
 * When it was, or will be; absent where nobody said.
 */
day: string | null, 
/**
 * It has happened.
 */
done: boolean, 
/**
 * The day is the last one it can be on.
 */
by: boolean, };
export type TrailEntry = { 
/**
 * When it began.
 */
at: number, 
/**
 * Who.
 */
who: string, 
/**
 * What.
 */
deed: Deed, 
/**
 * The number of the case.
 */
case: string | null, 
/**
 * Why.
 */
reason: string | null, };
export type Trouble = { 
/**
 * What it is.
 */
code: Code, 
/**
 * What was tried and what to do, in plain words (English; the catalogue has one message per code).
 */
detail: string, 
/**
 * The form field it is about.
 */
field: string | null, };
export type Typed = { 
/**
 * The text of the field.
 */
text: string, 
/**
 * The unit of the field.
 */
unit: Unit, };
export type Unit = "COUNT" | "PERCENT" | "LITER" | "MILLILITER" | "CUBIC_CENTIMETER" | "CUBIC_METER" | "METRIC_CUP" | "METRIC_TEASPOON" | "AU_TABLESPOON" | "UK_TABLESPOON" | "UK_FLUID_OUNCE" | "UK_FLUID_DRAM" | "UK_GILL" | "UK_CUP" | "UK_PINT" | "UK_QUART" | "UK_GALLON" | "US_FLUID_OUNCE" | "US_FLUID_CUP" | "US_FLUID_PINT" | "US_FLUID_QUART" | "US_FLUID_GALLON" | "US_GILL" | "US_TABLESPOON" | "US_TEASPOON" | "US_DRAM" | "US_DRY_PINT" | "US_DRY_QUART" | "US_DRY_GALLON" | "CUBIC_INCH" | "CUBIC_FOOT" | "CUBIC_YARD" | "KILOGRAM" | "GRAM" | "MILLIGRAM" | "MICROGRAM" | "METRIC_POUND" | "POUND" | "OUNCE" | "DRAM" | "SECOND" | "MINUTE" | "HOUR" | "DAY";
export type Unknown = "kind" | "name" | "model" | "image" | "device_names" | "identifiers" | "categories" | "descriptions" | "marketplaces" | "asins" | "ids" | "customers";
export type Unlinked = { 
/**
 * The maker knows it too. If not, the computer can be taken off the list at the maker's.
 */
told: boolean, };
export type Update = { "kind": "changed", } | { "kind": "account", } | { "kind": "settings", 
/**
 * All of them.
 */
settings: Settings, } | { "kind": "found", 
/**
 * It.
 */
printer: FoundPrinter, } | { "kind": "search_ended", 
/**
 * How many.
 */
count: number, } | { "kind": "progress", 
/**
 * Which.
 */
work: Work, 
/**
 * How much is done: rows, bytes or pages.
 */
done: number, 
/**
 * Of how much, where that is known.
 */
total: number | null, } | { "kind": "notice", 
/**
 * What.
 */
notice: Notice, } | { "kind": "trouble", 
/**
 * What.
 */
trouble: Trouble, };
export type UsageChartForm = { 
/**
 * The supply.
 */
slot: SlotId, 
/**
 * As in [`UsageForm`].
 */
by: By, 
/**
 * As in [`UsageForm`].
 */
from: string | null, 
/**
 * As in [`UsageForm`].
 */
to: string | null, 
/**
 * Width in CSS pixels.
 */
width: number, 
/**
 * Height in CSS pixels.
 */
height: number, 
/**
 * Text size, 1 = 100 %.
 */
scale: number, };
export type UsageCost = { 
/**
 * One price a currency, as far as prices are known.
 */
sums: Array<Price>, 
/**
 * Something was used whose price nobody recorded.
 */
incomplete: boolean, };
export type UsageCosts = { 
/**
 * Of each span.
 */
each: Array<UsageCost>, 
/**
 * Of all of them.
 */
total: UsageCost, };
export type UsageDevice = { 
/**
 * Its id.
 */
device: EndpointId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: DeviceKind, 
/**
 * Its supplies.
 */
slots: Array<UsageSlot>, 
/**
 * Supplies of one sort and one kind of quantity added up, where there are several. Shares of different containers
 * and hours of different parts are not added: their sum would mean nothing.
 */
sums: Array<UsageSum>, 
/**
 * What all of its supplies cost.
 */
cost: UsageCosts, };
export type UsageForm = { 
/**
 * What it is summed by.
 */
by: By, 
/**
 * A day of the first span; absent = the twelfth span before the one of `to`, that one counted.
 */
from: string | null, 
/**
 * A day of the last span; absent = today.
 */
to: string | null, 
/**
 * Only this device.
 */
device: EndpointId | null, 
/**
 * Only this supply.
 */
slot: SlotId | null, };
export type UsageMean = { 
/**
 * In a span.
 */
amount: Amount, 
/**
 * Of how many spans.
 */
spans: number, };
export type UsageSlot = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is.
 */
supply: SupplyKind, 
/**
 * The unit of its amounts.
 */
unit: Unit, 
/**
 * What was used in each span.
 */
each: Array<Used>, 
/**
 * All of them together.
 */
total: Used, 
/**
 * The mean of the spans that are over and were observed in full, if there is one.
 */
mean: UsageMean | null, };
export type UsageSpan = { 
/**
 * First day.
 */
first: string, 
/**
 * Last day.
 */
last: string, 
/**
 * Today lies in it, so it is not over.
 */
running: boolean, };
export type UsageSum = { 
/**
 * What they are.
 */
supply: SupplyKind, 
/**
 * Which.
 */
slots: Array<SlotId>, 
/**
 * What was used in each span; partly observed where one of them was.
 */
each: Array<Used>, 
/**
 * All of them together.
 */
total: Used, };
export type UsageView = { 
/**
 * Now.
 */
at: number, 
/**
 * Today.
 */
today: string, 
/**
 * What it is summed by.
 */
by: By, 
/**
 * The weeks or months, oldest first; the lists named `each` have one element for each of them.
 */
spans: Array<UsageSpan>, 
/**
 * The devices in the order of the sidebar, those without supplies left out.
 */
devices: Array<UsageDevice>, 
/**
 * What all of them cost.
 */
cost: UsageCosts, };
export type Used = { 
/**
 * How much; absent when nobody observed any of its days.
 */
amount: Amount | null, 
/**
 * How many of its days were observed.
 */
observed_days: number, 
/**
 * How many days it has.
 */
days: number, 
/**
 * It is over and all of it was observed; otherwise the amount is only what is known so far.
 */
whole: boolean, 
/**
 * What it cost, one price a currency; never added to one another.
 */
cost: Array<Price>, 
/**
 * The part of `amount` whose price nobody recorded.
 */
unpriced: Amount | null, };
export type Verb = "runs_out" | "worn_out" | "empty" | "full";
export type Verdicts = { 
/**
 * In the order in which they are shown.
 */
cases: Array<CaseRow>, 
/**
 * Of the eight numbered cases.
 */
count: CaseCount, 
/**
 * When the newest run was, ms UTC.
 */
held_at: number | null, 
/**
 * Where it was held.
 */
market: Marketplace | null, 
/**
 * The model was changed since a run that counts.
 */
changed: boolean, };
export type What = { "kind": "bought", 
/**
 * Packs, as typed; whole and above 0.
 */
packs: string, 
/**
 * Content of one pack; absent = the slot's pack.
 */
content: Typed | null, 
/**
 * Ten letters and digits.
 */
asin: string | null, 
/**
 * Price of all of it, as typed.
 */
price: string | null, 
/**
 * ISO 4217; absent = the region's.
 */
currency: string | null, 
/**
 * Where.
 */
shop: string | null, } | { "kind": "replaced", 
/**
 * With the spare (or one not recorded).
 */
from_shelf: boolean, } | { "kind": "counted", 
/**
 * What is in the device.
 */
level: Typed | null, 
/**
 * What lies on the shelf: pieces, or content for pooled stock.
 */
shelf: Typed | null, };
export type WhatIfForm = { 
/**
 * The slot.
 */
slot: SlotId, 
/**
 * Guests from now on...
 */
guests: number, 
/**
 * ...for so many days.
 */
days: number, 
/**
 * People at home usually, of whom each guest uses as much as one; two where nobody says.
 */
people: number | null, 
/**
 * First day away, YYYY-MM-DD.
 */
away_from: string | null, 
/**
 * Last day away, included.
 */
away_to: string | null, 
/**
 * More devices that use the same, each as much as this one.
 */
devices: number, };
export type WhatIfView = { 
/**
 * As things are; absent while no date can be said.
 */
before: When | null, 
/**
 * As asked.
 */
after: When | null, 
/**
 * Days until the likely end, as things are.
 */
days_before: number | null, 
/**
 * Days until the likely end, as asked.
 */
days_after: number | null, };
export type When = { 
/**
 * How exactly to say it.
 */
precision: Precision, 
/**
 * Certainly enough until this day (the 10 % point).
 */
earliest: string, 
/**
 * The median.
 */
likely: string, 
/**
 * The 90 % point; absent when beyond what can be said (two years).
 */
latest: string | null, 
/**
 * Days from today to `likely`, 0 for today, negative never.
 */
days: number, };
export type Why = { "kind": "low_readings", 
/**
 * Day of the first of them.
 */
since: string, 
/**
 * How many in a row.
 */
readings: number, 
/**
 * The mark.
 */
mark: Amount, } | { "kind": "low_counted", 
/**
 * Day of the count.
 */
since: string, 
/**
 * The mark.
 */
mark: Amount, } | { "kind": "low_counting", 
/**
 * So far.
 */
readings: number, 
/**
 * Needed.
 */
needed: number, 
/**
 * The mark.
 */
mark: Amount, } | { "kind": "days_in_hand", 
/**
 * Left.
 */
left: Amount, 
/**
 * Use a day.
 */
per_day: Amount, 
/**
 * Order by.
 */
by: string, 
/**
 * The setting.
 */
days: number, } | { "kind": "delivery", 
/**
 * Left.
 */
left: Amount, 
/**
 * Use a day; absent where only replacements tell the pace.
 */
per_day: Amount | null, 
/**
 * The early end at this risk.
 */
early: string, 
/**
 * Order by.
 */
by: string, 
/**
 * Days a delivery takes.
 */
days: number, 
/**
 * The risk, in percent.
 */
risk: number, } | { "kind": "paused", 
/**
 * Order by.
 */
by: string, 
/**
 * Days by which it asks earlier.
 */
days: number, } | { "kind": "pace", 
/**
 * Use a day.
 */
per_day: Amount, 
/**
 * Days of history looked at.
 */
over_days: number, } | { "kind": "interval", 
/**
 * Mean days between replacements.
 */
days: number, 
/**
 * How many replacements that is from.
 */
replacements: number, };
export type Work = "export" | "look" | "import" | "backup" | "restore" | "rehearsal";
export type Written = { 
/**
 * Its name, without its folder.
 */
name: string, 
/**
 * Entries in it.
 */
entries: number, 
/**
 * Its size.
 */
bytes: number, };

export interface Commands {
  state: { args: {  }; answer: AppState };
  open_household: { args: { folder: string }; answer: AppState };
  supplies: { args: {  }; answer: SuppliesView };
  slot: { args: { slot: SlotId; lines: number }; answer: SlotView };
  run: { args: { slot: SlotId; from: number; to: number }; answer: Array<LedgerLine> };
  device: { args: { device: EndpointId }; answer: DeviceView };
  chart: { args: { form: ChartForm }; answer: Chart };
  preview: { args: { form: RecordForm }; answer: Outcome };
  record: { args: { form: RecordForm }; answer: Recorded };
  undo: { args: { id: EntryId; entry: EntryId }; answer: Recorded };
  answer_rise: { args: { id: EntryId; slot: SlotId; entry: EntryId; answer: RiseAnswer }; answer: Recorded };
  preview_rise: { args: { slot: SlotId; entry: EntryId; answer: RiseAnswer }; answer: Outcome };
  stocktake: { args: {  }; answer: StocktakeView };
  take_stock: { args: { form: StocktakeForm }; answer: Stocktaken };
  set_quiet: { args: { slot: SlotId; quiet: QuietForm }; answer: null };
  set_rule: { args: { slot: SlotId; rule: Rule; delivery_days: number | null }; answer: null };
  share_shelf: { args: { slot: SlotId; with: SlotId | null }; answer: null };
  what_if: { args: { form: WhatIfForm }; answer: WhatIfView };
  away: { args: {  }; answer: Array<AwayView> };
  add_away: { args: { form: AwayForm }; answer: null };
  remove_away: { args: { id: EntryId }; answer: null };
  templates: { args: {  }; answer: Array<Template> };
  find_printers: { args: {  }; answer: null };
  stop_finding: { args: {  }; answer: null };
  probe: { args: { address: string }; answer: FoundPrinter };
  add_device: { args: { form: AddDeviceForm }; answer: EndpointId };
  rename_device: { args: { device: EndpointId; name: string }; answer: null };
  move_device: { args: { device: EndpointId; address: string }; answer: null };
  remove_device: { args: { device: EndpointId }; answer: null };
  restore_device: { args: { device: EndpointId }; answer: null };
  read_now: { args: { device: EndpointId | null }; answer: null };
  set_slot: { args: { slot: SlotId; patch: SlotPatch }; answer: null };
  set_settings: { args: { settings: Settings }; answer: null };
  open_sample: { args: {  }; answer: null };
  remove_sample: { args: {  }; answer: null };
  chart_file: { args: { form: ChartForm; format: string }; answer: string };
  usage: { args: { form: UsageForm }; answer: UsageView };
  usage_chart: { args: { form: UsageChartForm }; answer: Chart };
  import_look: { args: { plan: ImportPlan | null }; answer: ImportView };
  import_file: { args: { plan: ImportPlan; stamp: string; skip: boolean }; answer: Imported };
  restore_file: { args: {  }; answer: Restored };
  cancel_work: { args: {  }; answer: null };
  orders: { args: {  }; answer: OrdersView };
  answer_arrival: { args: { id: EntryId; device: EndpointId; order: string; came: boolean }; answer: null };
  account: { args: {  }; answer: AccountView };
  begin_link: { args: { server: string }; answer: LinkBegun };
  finish_link: { args: { answer: string }; answer: null };
  cancel_link: { args: {  }; answer: null };
  unlink: { args: {  }; answer: Unlinked };
  attach_slot: { args: { slot: SlotId; to: SlotId }; answer: null };
  removed_devices: { args: {  }; answer: Array<RemovedDevice> };
  wipe_device: { args: { device: EndpointId }; answer: null };
  link_alexa: { args: {  }; answer: AlexaBegun };
  check_alexa: { args: {  }; answer: null };
  end_alexa: { args: {  }; answer: AlexaEnded };
  support: { args: {  }; answer: SupportView };
  answer_access: { args: { id: string; days: number | null }; answer: null };
  withdraw_access: { args: { id: string }; answer: null };
  desk: { args: {  }; answer: DeskState };
  begin_desk: { args: { server: string }; answer: LinkBegun };
  wait_desk: { args: {  }; answer: DeskState };
  end_desk: { args: {  }; answer: null };
  find_customers: { args: { form: FindForm }; answer: FoundView };
  desk_cases: { args: {  }; answer: Array<CaseLine> };
  ask_customer: { args: { customer: string; case: string; reason: string }; answer: null };
  desk_customer: { args: { customer: string }; answer: CustomerView };
  desk_supply: { args: { customer: string; slot: SlotId; lines: number; fresh: boolean }; answer: DeskSupply };
  desk_chart: { args: { customer: string; form: ChartForm }; answer: Chart };
  desk_run: { args: { customer: string; slot: SlotId; from: number; to: number }; answer: Array<LedgerLine> };
  desk_reports: { args: { customer: string; before: number | null }; answer: DeskReports };
  desk_report: { args: { customer: string; key: string }; answer: DeskReport };
  desk_notices: { args: { customer: string }; answer: Array<DeskNotice> };
  desk_act: { args: { form: DeskActForm }; answer: DeskActed };
  close_case: { args: { customer: string }; answer: null };
  desk_audit: { args: { before: number | null }; answer: DeskAudit };
  sync_now: { args: {  }; answer: null };
  reports: { args: {  }; answer: ReportsView };
  report: { args: { key: string }; answer: ReportView };
  slot_reports: { args: { slot: SlotId }; answer: ReportStrip | null };
  retry_report: { args: { key: string }; answer: null };
  discard_report: { args: { key: string }; answer: null };
  direct: { args: {  }; answer: DirectView };
  set_direct: { args: { form: DirectForm }; answer: null };
  end_direct: { args: {  }; answer: null };
  open_dash: { args: { device: EndpointId; slot: SlotId | null }; answer: DashOpened };
  dash_for_phone: { args: { device: EndpointId }; answer: string };
  dash_devices: { args: {  }; answer: Array<DashDevice> };
  open_link: { args: { link: string }; answer: Place };
  notices: { args: {  }; answer: NoticesView };
  pause_notices: { args: { on: boolean }; answer: null };
  set_device_notices: { args: { device: EndpointId; on: boolean }; answer: null };
  models: { args: {  }; answer: ModelsView };
  model: { args: { model: string }; answer: ModelView };
  new_model: { args: { name: string }; answer: string };
  set_model: { args: { model: string; dossier: Dossier }; answer: ModelSaved };
  remove_model: { args: { model: string }; answer: null };
  model_id: { args: { name: string }; answer: string };
  model_image: { args: { model: string }; answer: ModelSaved };
  import_models: { args: {  }; answer: ArrivedView };
  model_file: { args: { model: string; form: ModelFile; about: Topic | null }; answer: ModelText };
  cloud_models: { args: {  }; answer: Array<CloudModel> };
  model_at_cloud: { args: { model: string; at: string }; answer: AtCloud };
  exchange_model: { args: { form: ExchangeForm }; answer: Exchanged };
  make_bundle: { args: {  }; answer: BundleReady };
  open_bundle: { args: {  }; answer: Bundle };
  certification: { args: { model: string }; answer: CertificationView };
  rehearse: { args: { model: string; market: Marketplace | null; case: Case | null }; answer: CertificationView };
  rehearsal: { args: { after: number }; answer: LiveView | null };
  certification_case: { args: { model: string; case: Case; guided: boolean }; answer: CaseDetail };
  answer_case: { args: { model: string; case: Case; holds: boolean }; answer: CertificationView };
  certification_file: { args: { model: string; form: ReportForm; guided: boolean }; answer: ModelText };
  begin_guided: { args: { model: string; market: Marketplace | null; device: EndpointId | null }; answer: CertificationView };
  answer_guided: { args: { model: string; step: number; form: GuidedForm }; answer: CertificationView };
  undo_guided: { args: { model: string }; answer: CertificationView };
  dismiss_crash: { args: {  }; answer: null };
}
