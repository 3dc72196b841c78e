// The certification of the model that is open: what came of its cases here and with a real skill, the rehearsal under way
// with everything that happened in it so far, and the case that is looked at.

import { troubleOf } from '../host/host';
import type {
  Case,
  CaseDetail,
  CertificationView,
  EndpointId,
  GuidedForm,
  LiveView,
  Marketplace,
  MomentView,
  ReportForm,
  Verdicts,
} from '../host/types';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

/** What a person sees at once of a rehearsal under way; the case has the rest. */
const SHOWN = 200;

export class Certification {
  readonly #app: App;
  view = $state.raw<CertificationView | null>(null);
  /** Whether what came of the real skill is shown. */
  real = $state(false);
  market = $state<Marketplace | ''>('');
  chosen = $state<Case | null>(null);
  detail = $state.raw<CaseDetail | null>(null);
  live = $state.raw<LiveView | null>(null);
  /** What happened so far in the rehearsal under way. */
  moments = $state.raw<MomentView[]>([]);
  /** The field of an answer that was not taken. */
  refused = $state<string | null>(null);
  #asked = 0;
  #asking: Promise<void> | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  /** What is shown of the cases. */
  get verdicts(): Verdicts | null {
    return (this.real ? this.view?.guided?.verdicts : this.view?.rehearsed) ?? null;
  }

  /** A rehearsal of the model that is shown is under way. */
  get running(): LiveView | null {
    return this.live && this.live.model === this.view?.model ? this.live : null;
  }

  /** Opens a model's certification; of another model nothing stays. */
  async open(model: string): Promise<void> {
    if (this.view?.model !== model) {
      this.view = null;
      this.chosen = null;
      this.detail = null;
      this.market = '';
      this.real = false;
      this.refused = null;
    }
    await this.#app.attempt(async () => {
      this.#took(await this.#app.host.call('certification', { model }));
    });
    if (this.view?.live) await this.follow();
    await this.look();
  }

  #took(view: CertificationView): void {
    this.view = view;
    if (!view.live) this.live = null;
    if (this.market === '' || !view.markets.includes(this.market))
      this.market = view.rehearsed.market ?? view.markets[0] ?? '';
  }

  async choose(of: Case): Promise<void> {
    this.chosen = of;
    await this.look();
  }

  /** Looks at the chosen case again. */
  async look(): Promise<void> {
    const { view, chosen, real } = this;
    if (!view || chosen === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    await this.#app.attempt(async () => {
      const detail = await this.#app.host.call('certification_case', {
        model: view.model,
        case: chosen,
        guided: real,
      });
      // Another one may have been chosen meanwhile.
      if (asked === this.#asked) this.detail = detail;
    });
  }

  async turn(real: boolean): Promise<void> {
    this.real = real;
    this.detail = null;
    await this.look();
  }

  /** Rehearses one case, or all. What came of it is shown when it is over, whether it passed or not. */
  async run(of: Case | null): Promise<void> {
    const view = this.view;
    if (!view) return;
    this.moments = [];
    this.live = { model: view.model, case: of, done: 0, steps: 0, moments: [] };
    try {
      const market = this.market === '' ? null : this.market;
      const after = await this.#app.host.call('rehearse', { model: view.model, market, case: of });
      this.live = null;
      if (this.view?.model === after.model) this.#took(after);
      this.#app.say(m.cert_tab());
    } catch (thrown) {
      const trouble = troubleOf(thrown);
      this.live = null;
      if (trouble.code !== 'cancelled') this.#app.trouble = trouble;
    }
    this.#app.progress = null;
    if (of !== null) this.chosen = of;
    else if (this.chosen === null)
      this.chosen = this.view?.rehearsed.cases.find((row) => row.state === 'failed')?.case ?? null;
    await this.look();
  }

  async stop(): Promise<void> {
    await this.#app.attempt(() => this.#app.host.call('cancel_work', {}));
  }

  /** Takes in what happened since the last time. One question is under way at a time, and each has the next ask again. */
  async follow(): Promise<void> {
    this.#asking ??= this.#next().finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #next(): Promise<void> {
    try {
      const live = await this.#app.host.call('rehearsal', { after: this.moments.length });
      if (!live) return;
      this.live = live;
      this.moments = [...this.moments, ...live.moments];
    } catch {
      // What happened is told once it is over.
    }
  }

  /** The last of what happened. */
  get latest(): MomentView[] {
    return this.moments.slice(-SHOWN);
  }

  async word(holds: boolean): Promise<void> {
    const { view, chosen } = this;
    if (!view || chosen === null) return;
    await this.#app.attempt(async () => {
      this.#took(await this.#app.host.call('answer_case', { model: view.model, case: chosen, holds }));
    });
    await this.look();
  }

  async begin(device: EndpointId | null): Promise<void> {
    const view = this.view;
    if (!view) return;
    this.refused = null;
    await this.#app.attempt(async () => {
      const market = this.market === '' ? null : this.market;
      this.#took(await this.#app.host.call('begin_guided', { model: view.model, market, device }));
    });
    await this.look();
  }

  /** Says what came of a step; false when it was not taken, with the field it is about. */
  async answer(step: number, form: GuidedForm): Promise<boolean> {
    const view = this.view;
    if (!view) return false;
    this.refused = null;
    try {
      this.#took(await this.#app.host.call('answer_guided', { model: view.model, step, form }));
    } catch (thrown) {
      const trouble = troubleOf(thrown);
      if (trouble.field !== null && ['pasted', 'note', 'left'].includes(trouble.field))
        this.refused = trouble.field;
      else this.#app.trouble = trouble;
      return false;
    }
    await this.look();
    return true;
  }

  async takeBack(): Promise<void> {
    const view = this.view;
    if (!view) return;
    this.refused = null;
    await this.#app.attempt(async () => {
      this.#took(await this.#app.host.call('undo_guided', { model: view.model }));
    });
    await this.look();
  }

  async save(form: ReportForm): Promise<void> {
    const view = this.view;
    if (!view) return;
    await this.#app.attempt(async () => {
      const file = await this.#app.host.call('certification_file', {
        model: view.model,
        form,
        guided: this.real,
      });
      if (await this.#app.host.saveFile(file.name, file.text))
        this.#app.say(m.reg_saved({ name: file.name }));
    });
  }

  /** Every case with what proves it, for paper. */
  async all(): Promise<CaseDetail[]> {
    const { view, real } = this;
    const details: CaseDetail[] = [];
    if (!view) return details;
    await this.#app.attempt(async () => {
      for (const row of this.verdicts?.cases ?? [])
        details.push(
          await this.#app.host.call('certification_case', {
            model: view.model,
            case: row.case,
            guided: real,
          }),
        );
    });
    return details;
  }
}
