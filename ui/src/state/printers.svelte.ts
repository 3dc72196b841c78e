// A search for printers: what answered so far, and adding one of them.

import { troubleOf, type Host } from '../host/host';
import { newId } from '../host/id';
import type { FoundPrinter, Trouble } from '../host/types';

export class PrinterSearch {
  state = $state<'idle' | 'searching' | 'ended'>('idle');
  found = $state.raw<FoundPrinter[]>([]);
  trouble = $state.raw<Trouble | null>(null);
  /** Keys of printers being added. */
  adding = $state.raw<readonly string[]>([]);
  readonly #host: Host;
  #stop: (() => void) | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  async start(): Promise<void> {
    this.#stop ??= this.#host.listen((update) => {
      if (update.kind === 'found') this.#answered(update.printer);
      else if (update.kind === 'search_ended') this.state = 'ended';
    });
    this.state = 'searching';
    this.found = [];
    this.trouble = null;
    try {
      await this.#host.call('find_printers', {});
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      this.state = 'ended';
    }
  }

  /** Ends the search, if there is one. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.state !== 'searching') return;
    this.state = 'ended';
    this.#host.call('stop_finding', {}).catch(() => undefined);
  }

  /** Adds one with all its supplies; the id is made once, so that a double press adds it once. */
  async add(printer: FoundPrinter): Promise<boolean> {
    if (this.adding.includes(printer.key) || printer.known) return false;
    this.adding = [...this.adding, printer.key];
    this.trouble = null;
    try {
      const known = await this.#host.call('add_device', {
        form: {
          id: newId(),
          name: printer.name,
          kind: 'printer',
          model: printer.model,
          location: printer.location,
          address: printer.address,
          slots: [],
        },
      });
      this.#answered({ ...printer, known });
      return true;
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      return false;
    } finally {
      this.adding = this.adding.filter((key) => key !== printer.key);
    }
  }

  /** A printer may answer twice, the second time with its supplies. */
  #answered(printer: FoundPrinter): void {
    const at = this.found.findIndex((one) => one.key === printer.key);
    this.found = at < 0 ? [...this.found, printer] : this.found.with(at, printer);
  }
}
