// Every action with its key, in one place: the key handler, the list of keys and the command list read it.

import { untrack } from 'svelte';

export interface Command {
  /** Stable, for the list's keys. */
  id: string;
  /** "Mod+F", "Shift+F6", "?", "b". `Mod` is Ctrl, and ⌘ on macOS. Empty = only in the command list. */
  keys: string[];
  /** What it does, in words. */
  label: () => string;
  /** Heading in the list of keys. */
  group: 'move' | 'record' | 'app';
  run: () => void;
  /** It can be done now; absent = always. */
  when?: () => boolean;
  /** Its keys are its own now; absent = always. By name it can be chosen all the same. */
  keyed?: () => boolean;
  /** Left out of the command list (moving about). */
  hidden?: boolean;
}

export class Keys {
  commands = $state.raw<Command[]>([]);
  /** Single-key shortcuts are on. */
  single = $state(true);
  /** A dialog is open: only its own keys work. */
  blocked = $state(false);
  readonly mac: boolean;

  constructor(mac = false) {
    this.mac = mac;
  }

  /** Adds commands until the returned function is called. Later ones win over earlier ones of the same key. */
  add(...commands: Command[]): () => void {
    // Effects add commands; they must not run again because others did.
    this.commands = untrack(() => [...this.commands, ...commands]);
    return () => {
      this.commands = untrack(() => this.commands.filter((command) => !commands.includes(command)));
    };
  }

  /** "Ctrl F", "⌘F". */
  say(key: string): string {
    const names: Record<string, string> = this.mac
      ? { Mod: '⌘', Shift: '⇧', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', ContextMenu: 'Menu' }
      : { Mod: 'Ctrl', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', ContextMenu: 'Menu' };
    const parts = key
      .split(/\+(?!$)/)
      .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
    return parts.join(this.mac ? '' : ' ');
  }

  /** Runs what belongs to the key; true when something did. */
  handle(event: KeyboardEvent): boolean {
    if (this.blocked || event.defaultPrevented || event.isComposing) return false;
    const key = this.#name(event);
    const plain = !key.startsWith('Mod+') && !/^(Shift\+)?F\d+$/.test(key);
    if (plain && (inField(event.target) || (key.length === 1 && key !== '?' && !this.single))) return false;
    const command = this.#by(key);
    if (!command) return false;
    event.preventDefault();
    command.run();
    return true;
  }

  #by(key: string): Command | undefined {
    return this.commands.findLast(
      (c) => c.keys.includes(key) && (c.keyed?.() ?? true) && (c.when?.() ?? true),
    );
  }

  /** The keys that are a command's where the person is: not those that lead to another one there. */
  keysOf(command: Command): string[] {
    if (!(command.keyed?.() ?? true)) return [];
    return command.keys.filter((key) => {
      const now = this.#by(key);
      return now === undefined || now === command;
    });
  }

  #name(event: KeyboardEvent): string {
    const mod = this.mac ? event.metaKey : event.ctrlKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // What Shift does to a sign is in the sign; a letter with Ctrl is another key with Shift than without.
    const shift = event.shiftKey && (event.key.length > 1 || (mod && /^[a-z]$/.test(key)));
    return `${mod ? 'Mod+' : ''}${shift ? 'Shift+' : ''}${key}`;
  }
}

/** Typing goes here, so letters are not shortcuts. */
function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
