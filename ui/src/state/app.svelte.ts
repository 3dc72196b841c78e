// What the whole window shares: whether the household is open, its supplies, the settings, where the person is, what
// dialog is open, and what was done last. Asks again when the engine says that something changed.

import { createContext, untrack } from 'svelte';
import { troubleOf, type Host } from '../host/host';
import { newId } from '../host/id';
import type {
  CaseLine,
  DeskState,
  AccountView,
  AppState,
  BackupView,
  DeviceBrief,
  LedgerLine,
  Recorded,
  ReportsView,
  Rise,
  Settings,
  SuppliesView,
  SupplyRow,
  Trouble,
  Update,
} from '../host/types';
import type { Deed } from '../words/deeds';
import { goTo } from './places';
import { follow, setToday } from './locale.svelte';
import { Keys } from './keys.svelte';
import { Certification } from './certification.svelte';
import { Registration } from './registration.svelte';
import { Router, type Route } from './router.svelte';
import { Turns } from './turns';
import { Undo } from './undo.svelte';

/** The dialog or sheet that is open. */
export type Sheet =
  | { kind: 'bought' | 'replaced' | 'counted'; row: SupplyRow; amends?: LedgerLine }
  | { kind: 'rise'; row: SupplyRow; rise: Rise }
  | { kind: 'quiet' | 'what_if'; row: SupplyRow }
  | { kind: 'add_device'; find?: boolean; address?: string }
  | { kind: 'move_device'; device: DeviceBrief; address: string }
  | { kind: 'remove_device'; device: DeviceBrief }
  | { kind: 'restore'; backup: BackupView }
  | { kind: 'discard_report'; key: string; entry: boolean }
  | { kind: 'desk_deed'; deed: Deed; ondone: () => void }
  | { kind: 'commands' }
  | { kind: 'keys' };

type Ready = Extract<AppState, { kind: 'ready' }>;
type Closed = Extract<AppState, { kind: 'closed' }>;
export type Progress = Extract<Update, { kind: 'progress' }>;

/** For so long the frame of the window waits for what belongs into it. */
const SOON_MS = 150;

export class App {
  readonly host: Host;
  readonly router = new Router();
  readonly undo = new Undo();
  readonly keys: Keys;
  readonly registration = new Registration(this);
  readonly certification = new Certification(this);

  /** Absent until the engine has answered. */
  ready = $state.raw<Ready | null>(null);
  closed = $state.raw<Closed | null>(null);
  settings = $state.raw<Settings | null>(null);
  supplies = $state.raw<SuppliesView | null>(null);
  /** How the household stands with a maker's account; absent until the engine has answered. */
  account = $state.raw<AccountView | null>(null);
  /** How somebody of the maker's is signed in at the support desk. */
  desk = $state.raw<DeskState | null>(null);
  /** That person's open cases. */
  cases = $state.raw<CaseLine[]>([]);
  /** What left or is to leave this computer, as it was when somebody looked last. */
  reports = $state.raw<ReportsView | null>(null);
  /** Why the supplies could not be read. */
  failed = $state.raw<Trouble | null>(null);
  /** Something went wrong in the background or in an action without a dialog. */
  trouble = $state.raw<Trouble | null>(null);
  sheet = $state.raw<Sheet | null>(null);
  /** How far long work is. */
  progress = $state.raw<Progress | null>(null);
  /** The row that has the list's one tab stop. */
  selected = $state<string | null>(null);
  /** What a link led to, in words, until the next place. */
  arrived = $state.raw<{ said: string; at: Route } | null>(null);
  /** Counts changes; screens that ask for themselves watch it. */
  revision = $state(0);
  /** Said once by the screen reader. */
  spoken = $state('');

  #stop: (() => void) | undefined;
  #deaf: (() => void) | undefined;
  readonly #turns = new Turns();

  constructor(host: Host) {
    this.host = host;
    this.keys = new Keys(host.platform === 'macos');
  }

  async start(): Promise<void> {
    this.stop();
    this.#stop = this.host.listen((update) => this.#told(update));
    this.#deaf = this.host.onPlace(() => void this.#follow());
    this.failed = null;
    // Asked at once, so that the first picture is the whole one. A household that was closed has no supplies before its
    // state was asked for, which tries to open it.
    const asked = this.closed ? undefined : this.host.call('supplies', {});
    asked?.catch(() => undefined);
    let first: Promise<void>;
    try {
      const state = await this.host.call('state', {});
      if (state.kind === 'closed') {
        this.closed = state;
        follow({ language: 'system', locale: 'system', units: 'region' }, navigator.languages);
        return;
      }
      this.closed = null;
      this.#apply(state.settings);
      if (state.first_run) this.router.replace({ name: 'welcome' });
      first = this.refresh(asked);
      // The window is not kept empty for a slow answer.
      await Promise.race([first, new Promise((soon) => setTimeout(soon, SOON_MS))]);
      this.ready = state;
      void this.askAccount();
      void this.askDesk();
    } catch (thrown) {
      this.failed = troubleOf(thrown);
      return;
    }
    await first;
    await this.#follow();
  }

  stop(): void {
    this.#stop?.();
    this.#deaf?.();
    this.undo.hide();
  }

  /** Asks for the supplies again. An answer older than what is shown is dropped. */
  async refresh(asked = this.host.call('supplies', {})): Promise<void> {
    const taken = this.#turns.ask();
    try {
      const view = await asked;
      if (!taken()) return;
      setToday(view.today);
      this.supplies = view;
      this.failed = null;
    } catch (thrown) {
      if (!taken()) return;
      this.failed = troubleOf(thrown);
      // What is on screen stays, and says that it is not fresh.
      if (this.supplies) this.trouble = this.failed;
    }
  }

  /** Asks how the household stands with an account. */
  async askAccount(): Promise<void> {
    const before = listens(this.account);
    await this.attempt(async () => {
      this.account = await this.host.call('account', {});
    });
    // What waits for a person at the maker's cloud is counted in the sidebar, seen or not.
    if (!before && listens(this.account)) this.askReports().catch(() => {});
  }

  /** Asks who is signed in at the support desk, and for that person's cases. */
  async askDesk(): Promise<void> {
    this.desk = await this.host.call('desk', {}).catch(() => null);
    const cases = this.desk?.is === 'in' ? this.host.call('desk_cases', {}) : Promise.resolve([]);
    // Without an answer, those that are known stay.
    this.cases = await cases.catch(() => this.cases);
    if (this.desk?.is !== 'in' && this.router.route.name.startsWith('desk_'))
      this.router.replace({ name: 'settings' });
  }

  /** Asks what left or is to leave this computer; the maker's cloud is asked as well. */
  async askReports(): Promise<void> {
    this.reports = await this.host.call('reports', {});
  }

  /** Reports that wait for a person: those kept here, and those of the maker's cloud that were seen. */
  get parked(): number {
    return (this.account?.parked ?? 0) + (this.reports?.counts.parked_there ?? 0);
  }

  /** Does something and shows what went wrong, if anything did. Returns whether it worked. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this.trouble = null;
      return true;
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      return false;
    }
  }

  /** Long work that shows how far it is. Returns what it made, or nothing when it failed, was stopped or not begun. */
  async work<T>(run: () => Promise<T>): Promise<T | undefined> {
    let made: T | undefined;
    await this.attempt(async () => {
      made = await run();
    });
    this.progress = null;
    return made;
  }

  /** After an entry was recorded: says so, with a way back. */
  recorded(recorded: Recorded, text: string): void {
    this.done(text, async () => {
      await this.host.call('undo', { id: newId(), entry: recorded.entry });
    });
  }

  /** After anything that can be taken back. */
  done(text: string, undo: () => Promise<void>): void {
    this.undo.show({ text, undo });
    this.say(text);
  }

  async undoLast(saying: (text: string) => string): Promise<void> {
    await this.attempt(async () => {
      const done = await this.undo.last();
      if (done) this.say(saying(done.text));
    });
  }

  /** Lets the person open another household file; everything is asked again when they did. */
  async openHousehold(): Promise<void> {
    let opened = false;
    await this.attempt(async () => {
      opened = await this.host.openHousehold();
    });
    if (opened) await this.#opened();
  }

  /** Opens the household of this computer again, instead of one that is not there. */
  async openUsual(): Promise<void> {
    if (await this.attempt(() => this.host.call('open_household', { folder: '' }))) await this.#opened();
  }

  async #opened(): Promise<void> {
    // What was open, and what could be undone, belonged to another household.
    this.undo.hide();
    this.sheet = null;
    this.supplies = null;
    this.account = null;
    this.reports = null;
    this.router.replace({ name: 'supplies' });
    await this.start();
  }

  /** Begins a trial in the place of the household. */
  async startTrial(): Promise<void> {
    if (await this.attempt(() => this.host.startTrial())) await this.#opened();
  }

  /** Lets the trial's time stand still, or go on. */
  async pauseTrial(paused: boolean): Promise<void> {
    if (!(await this.attempt(() => this.host.pauseTrial(paused)))) return;
    if (this.ready?.trial) this.ready = { ...this.ready, trial: { ...this.ready.trial, paused } };
  }

  /** Takes the sample household away in one step; what is left is the own one, or the empty start. */
  async removeSample(): Promise<void> {
    if (this.ready?.trial) {
      // Also where something went wrong the trial is over.
      await this.attempt(() => this.host.endTrial());
      await this.#opened();
      return;
    }
    if (await this.attempt(() => this.host.call('remove_sample', {})))
      this.router.replace({ name: 'supplies' });
  }

  /** The report of the crash was seen; it is deleted. */
  async dismissCrash(): Promise<void> {
    if (this.ready && (await this.attempt(() => this.host.call('dismiss_crash', {}))))
      this.ready = { ...this.ready, crash: null };
  }

  say(text: string): void {
    // The same text twice in a row is spoken twice: the second one differs by an invisible space. Whoever speaks does
    // not wait for what is spoken: an effect that does would run for ever.
    this.spoken = untrack(() => this.spoken) === text ? `${text}\u00a0` : text;
  }

  row(slot: string): SupplyRow | undefined {
    return this.supplies?.rows.find((row) => row.slot === slot);
  }

  /** Changes settings; what is on screen follows at once, and goes back when the engine refuses. */
  async set(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    if (!before) return;
    const settings = { ...before, ...change };
    this.#apply(settings);
    if (!(await this.attempt(() => this.host.call('set_settings', { settings })))) this.#apply(before);
  }

  #apply(settings: Settings): void {
    this.settings = settings;
    this.keys.single = settings.single_keys;
    // The engine asks the system; a web view may answer with what it has installed instead.
    follow(settings, [this.ready?.system ?? 'en-GB']);
    const root = document.documentElement;
    if (settings.theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = settings.theme;
    root.dataset['density'] = settings.density;
    const size = settings.text_size === 100 ? '' : `${settings.text_size}%`;
    if (root.style.fontSize !== size) {
      root.style.fontSize = size;
      askWidthAnew(document.getElementById('app'));
    }
  }

  /** Says what a link led to, until the person goes on. */
  arrive(said: string | null): void {
    this.arrived = said === null ? null : { said, at: this.router.route };
  }

  /** Goes where a link, a notice or the tray leads. */
  async #follow(): Promise<void> {
    if (!this.ready) return;
    await this.attempt(async () => {
      const place = await this.host.takePlace();
      if (place) await goTo(this, place);
    });
  }

  #told(update: Update): void {
    if (update.kind === 'changed') {
      this.revision += 1;
      if (this.ready) void this.refresh();
    } else if (update.kind === 'account') {
      if (this.ready) void this.askAccount();
      if (this.ready) void this.askDesk();
    } else if (update.kind === 'settings') {
      this.#apply(update.settings);
    } else if (update.kind === 'progress') {
      this.progress = update;
    } else if (update.kind === 'trouble') {
      this.trouble = update.trouble;
    }
  }
}

/** Whether the maker's cloud is there. */
function listens(account: AccountView | null): boolean {
  return account?.state.is === 'linked' && account.state.connection.is === 'listening';
}

/** Chromium looks at container queries in em again only when the container itself changes. */
function askWidthAnew(container: HTMLElement | null): void {
  if (!container) return;
  container.style.containerType = 'normal';
  void container.offsetWidth;
  container.style.containerType = '';
}

export const [getApp, setApp] = createContext<App>();
