// The three steps of "Add a device": what it is, its supplies, ready. Going back keeps everything that was entered.

import type { Locale } from '../../format/format';
import { troubleOf, type Host } from '../../host/host';
import { newId } from '../../host/id';
import type { AddDeviceForm, DeviceKind, EndpointId, FoundPrinter, Template, Trouble } from '../../host/types';
import { withAnswer } from './options';
import { slotForm, slotsOfPrinter, slotsOfTemplate, type SlotDraft } from './slots';

export type Step = 'what' | 'supplies' | 'ready';

export class AddSheet {
  step = $state<Step>('what');
  query = $state('');
  found = $state.raw<FoundPrinter[]>([]);
  search = $state<'off' | 'on' | 'ended'>('off');
  templates = $state.raw<Template[]>([]);
  /** The address that is being asked. */
  asking = $state<string | null>(null);
  /** Why an address, the search or the whole form was refused. */
  trouble = $state.raw<Trouble | null>(null);
  /** The address the trouble is about. */
  asked = $state('');

  printer = $state.raw<FoundPrinter | null>(null);
  kind = $state<DeviceKind>('other');
  name = $state('');
  place = $state('');
  slots = $state<SlotDraft[]>([]);
  /** Something was typed that closing would lose. */
  typed = $state(false);
  busy = $state(false);

  readonly #id: EndpointId = newId();
  readonly #host: Host;
  #probe = 0;
  #stop: () => void;

  constructor(host: Host) {
    this.#host = host;
    this.#stop = host.listen((update) => {
      if (this.search === 'off') return;
      if (update.kind === 'found') this.found = withAnswer(this.found, update.printer);
      else if (update.kind === 'search_ended') this.search = 'ended';
    });
  }

  async load(): Promise<void> {
    try {
      this.templates = await this.#host.call('templates', {});
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }

  async look(): Promise<void> {
    this.search = 'on';
    this.trouble = null;
    try {
      await this.#host.call('find_printers', {});
    } catch (thrown) {
      this.search = 'ended';
      this.asked = '';
      this.trouble = troubleOf(thrown);
    }
  }

  close(): void {
    this.#probe += 1;
    this.#stop();
    if (this.search === 'on') void this.#host.call('stop_finding', {}).catch(() => undefined);
  }

  /** Asks an address; the answer is chosen as if it had been found. Another question drops this one. */
  async ask(address: string): Promise<FoundPrinter | null> {
    const mine = ++this.#probe;
    this.asking = address;
    this.asked = address;
    this.trouble = null;
    try {
      const printer = await this.#host.call('probe', { address });
      return mine === this.#probe ? printer : null;
    } catch (thrown) {
      if (mine === this.#probe) this.trouble = troubleOf(thrown);
      return null;
    } finally {
      if (mine === this.#probe) this.asking = null;
    }
  }

  cancelAsking(): void {
    this.#probe += 1;
    this.asking = null;
  }

  /** Fills in the second step; choosing the same again keeps what was typed there. */
  choosePrinter(printer: FoundPrinter, region: Locale): void {
    if (this.printer?.key !== printer.key) {
      const template = this.templates.find((one) => one.kind === 'printer');
      this.printer = printer;
      this.kind = 'printer';
      this.name = printer.name;
      this.place = printer.location ?? '';
      this.slots = printer.supplies.length > 0 ? slotsOfPrinter(printer) : template ? slotsOfTemplate(template, region) : [];
      this.typed = false;
    }
    this.step = 'supplies';
  }

  chooseKind(template: Template, label: string, region: Locale): void {
    if (this.printer !== null || this.kind !== template.kind || this.slots.length === 0) {
      this.printer = null;
      this.kind = template.kind;
      this.name = template.kind === 'other' ? '' : label;
      this.place = '';
      this.slots = slotsOfTemplate(template, region);
      this.typed = false;
    }
    this.step = 'supplies';
  }

  get form(): AddDeviceForm {
    const counted = this.printer !== null && this.printer.supplies.length > 0;
    return {
      id: this.#id,
      name: this.name.trim(),
      kind: this.kind,
      model: this.printer?.model ?? null,
      location: this.place.trim() || null,
      address: counted ? this.printer!.address : null,
      slots: this.slots.filter((slot) => slot.on).map(slotForm),
    };
  }

  /** Adds it; nothing when it was refused, and then `trouble` says why. */
  async add(): Promise<EndpointId | null> {
    if (this.busy) return null;
    this.busy = true;
    this.trouble = null;
    try {
      return await this.#host.call('add_device', { form: this.form });
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
