// The one way out of the interface: a typed call to the engine and its updates. Three places may answer: the desktop
// shell (tauri.ts), and the household in the browser (fake.ts). Screens know only this interface.

import type {
  BackupView,
  Commands,
  EndpointId,
  ExportAs,
  Place,
  SlotId,
  Trouble,
  Update,
  Written,
} from './types';

export interface Host {
  /** Asks the engine; fails with `HostError` and nothing else. */
  call<K extends keyof Commands>(command: K, args: Commands[K]['args']): Promise<Commands[K]['answer']>;
  /** Calls `fn` for each update until the returned function is called. */
  listen(fn: (update: Update) => void): () => void;
  /** Lets the person choose a place and writes the file; false when they cancelled. */
  saveFile(name: string, content: string | Uint8Array): Promise<boolean>;
  /** Shows a file in the system's file manager. */
  showFile(path: string): Promise<void>;
  /** Lets the person choose another household file and opens it; false when they cancelled. */
  openHousehold(): Promise<boolean>;
  /** Lets the person choose a place and exports there; absent when they cancelled. */
  exportData(name: string, form: ExportAs, secret: boolean): Promise<Written | null>;
  /** Lets the person choose a place and backs up there; absent when they cancelled. */
  backUp(name: string): Promise<Written | null>;
  /** Lets the person choose the file that the import commands are about; false when they cancelled. */
  chooseImport(): Promise<boolean>;
  /** Lets the person choose a backup, which is checked; absent when they cancelled. */
  chooseBackup(): Promise<BackupView | null>;
  /** Lets the person choose a folder and writes everything of a device model into a new one there; absent when they
   *  cancelled. */
  exportModel(model: string): Promise<string[] | null>;
  /** Begins to link an account, and opens the maker's page in the system's browser. */
  linkInBrowser(server: string): Promise<void>;
  /** Opens that page once more. */
  openLinkAgain(): Promise<void>;
  /** Begins to link with Alexa, and opens Amazon's page in the system's browser. */
  linkAlexa(): Promise<void>;
  /** Begins to sign somebody of the maker's in at the support desk, and opens the maker's page in the system's browser. */
  signInAtDesk(server: string): Promise<void>;
  /** Begins a trial with sample data in the place of the household. */
  startTrial(): Promise<void>;
  /** Lets the trial's time stand still, or go on. */
  pauseTrial(paused: boolean): Promise<void>;
  /** Ends the trial without a trace; the own household is open again. */
  endTrial(): Promise<void>;
  /** Opens a device's Dash settings in the system's browser; true when Amazon's page leads back by itself. */
  openDash(device: EndpointId, slot: SlotId | null): Promise<boolean>;
  /** The place that a link, a notice or the tray asked for; null when none did since the last time. */
  takePlace(): Promise<Place | null>;
  /** Calls `fn` when there is such a place, until the returned function is called. */
  onPlace(fn: () => void): () => void;
  /** Which system, for the name of the command key and the shape of the title bar. */
  readonly platform: 'linux' | 'windows' | 'macos' | 'browser';
}

/** A `Trouble` on its way to the person. `message` is for logs. */
export class HostError extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(`${trouble.code}: ${trouble.detail}`);
    this.name = 'HostError';
    this.trouble = trouble;
  }
}

/** Whatever was thrown, as a `Trouble`. */
export function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof HostError) return thrown.trouble;
  if (isTrouble(thrown)) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'unexpected', detail, field: null };
}

function isTrouble(value: unknown): value is Trouble {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}
