// What a form would do, asked as it is filled in: 120 ms after the last change, and only the answer to the latest
// question counts. A refusal names its field; the outcome before it stays in sight.

import { troubleOf, type Host } from '../host/host';
import type { Outcome, RecordForm, Trouble } from '../host/types';

const PAUSE_MS = 120;

export class Preview {
  outcome = $state.raw<Outcome | null>(null);
  trouble = $state.raw<Trouble | null>(null);

  readonly #host: Host;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The first question is asked at once. */
  ask(form: RecordForm): void {
    clearTimeout(this.#timer);
    if (this.#asked === 0) void this.#ask(form);
    else this.#timer = setTimeout(() => void this.#ask(form), PAUSE_MS);
  }

  /** Shows a refusal that came with the record itself. */
  refused(trouble: Trouble): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.trouble = trouble;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #ask(form: RecordForm): Promise<void> {
    const mine = ++this.#asked;
    try {
      const outcome = await this.#host.call('preview', { form });
      if (mine !== this.#asked) return;
      this.outcome = outcome;
      this.trouble = null;
    } catch (thrown) {
      if (mine === this.#asked) this.trouble = troubleOf(thrown);
    }
  }
}
