// The desk of device models: the list, the one that is open, what was refused, and which field is copied next. Edits
// follow one another, each on what the engine kept of the one before.

import { troubleOf } from '../host/host';
import type {
  Dossier,
  DossierSlot,
  FieldView,
  ModelSaved,
  ModelsView,
  ModelView,
  RefusedView,
} from '../host/types';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

export type Edit = (dossier: Dossier) => void;

export class Registration {
  readonly #app: App;
  models = $state.raw<ModelsView | null>(null);
  view = $state.raw<ModelView | null>(null);
  /** What the console no longer takes of the last edit. */
  refused = $state.raw<RefusedView[]>([]);
  /** The file that was chosen as the picture can't be one. */
  bad_picture = $state(false);
  /** The field that was copied last, by its place in the list. */
  copied = $state<number | null>(null);
  #turn: Promise<unknown> = Promise.resolve();

  constructor(app: App) {
    this.#app = app;
  }

  async list(): Promise<void> {
    await this.#app.attempt(async () => {
      this.models = await this.#app.host.call('models', {});
    });
  }

  /** Opens a model; what was shown before goes at once. */
  async open(model: string): Promise<void> {
    if (this.view?.model !== model) {
      this.view = null;
      this.copied = null;
    }
    this.refused = [];
    this.bad_picture = false;
    await this.#app.attempt(async () => {
      const view = await this.#app.host.call('model', { model });
      this.view = view;
    });
  }

  /** Keeps an edit of the open model. */
  edit(edit: Edit): Promise<void> {
    return this.#next(async (view) => {
      const dossier = structuredClone(view.dossier);
      edit(dossier);
      return this.#app.host.call('set_model', { model: view.model, dossier });
    });
  }

  /** Takes a slot away, with a way back that keeps what is edited meanwhile. */
  async removeSlot(at: number): Promise<void> {
    const model = this.view?.model;
    const slot = this.view?.dossier.slots[at];
    if (!model || !slot) return;
    let kept = false;
    await this.#next(async (view) => {
      const dossier = structuredClone(view.dossier);
      const found = dossier.slots.findIndex((of) => JSON.stringify(of) === JSON.stringify(slot));
      if (view.model !== model || found < 0) return null;
      dossier.slots.splice(found, 1);
      const saved = await this.#app.host.call('set_model', { model, dossier });
      kept = saved.view.dossier.slots.length === dossier.slots.length;
      return saved;
    });
    const name = slot.identifier || m.reg_slot_nth({ count: at + 1 });
    if (kept) this.#app.done(m.reg_slot_removed({ name }), () => this.#putBack(model, at, slot));
  }

  /** Puts a slot where it was, also when another model is open by now. */
  #putBack(model: string, at: number, slot: DossierSlot): Promise<void> {
    const turn = this.#turn.then(async () => {
      const { host } = this.#app;
      const view = this.view?.model === model ? this.view : await host.call('model', { model });
      const dossier = structuredClone(view.dossier);
      dossier.slots.splice(at, 0, slot);
      await this.#take(model, await host.call('set_model', { model, dossier }));
    });
    // What could not be put back stays undoable; the edits after it go on.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Takes the file a person chooses as the picture. One that can't be taken changes nothing. */
  async picture(): Promise<void> {
    let chosen = false;
    this.bad_picture = false;
    await this.#app.attempt(async () => {
      chosen = await this.#app.host.chooseImport();
    });
    if (!chosen) return;
    await this.#next(async (view) => {
      try {
        return await this.#app.host.call('model_image', { model: view.model });
      } catch (thrown) {
        if (troubleOf(thrown).field !== 'image') throw thrown;
        this.bad_picture = true;
        return null;
      }
    });
  }

  #next(keep: (view: ModelView) => Promise<ModelSaved | null>): Promise<void> {
    const turn = this.#turn.then(async () => {
      const view = this.view;
      if (!view) return;
      await this.#app.attempt(async () => {
        await this.#take(view.model, await keep(view));
      });
    });
    this.#turn = turn;
    return turn;
  }

  /** Shows what was kept of a model, unless another one was opened meanwhile. */
  async #take(model: string, saved: ModelSaved | null): Promise<void> {
    if (saved && this.view?.model === model) {
      this.view = saved.view;
      this.refused = saved.refused;
    }
    await this.list();
  }

  /** Why a field is not as it should be: refused just now, or wrong as it stands. */
  wrong(field: string): string | undefined {
    return (
      this.refused.find((of) => of.field === field)?.why ??
      this.view?.findings.find((of) => of.field === field && of.grade === 'wrong')?.what
    );
  }

  /** Whether a field lacks something. */
  lacks(field: string): boolean {
    return this.view?.findings.some((of) => of.field === field && of.grade === 'missing') ?? false;
  }

  /** Puts the next field that has a value on the clipboard; after the last one it begins again. */
  async copyNext(): Promise<FieldView | null> {
    const fields = this.view?.fields ?? [];
    const from = (this.copied ?? -1) + 1;
    const after = fields.findIndex((field, at) => at >= from && field.value !== '');
    const at = after >= 0 ? after : fields.findIndex((field) => field.value !== '');
    const field = fields[at];
    if (!field) return null;
    if (!(await this.#app.attempt(() => navigator.clipboard.writeText(field.value)))) return null;
    this.copied = at;
    return field;
  }
}
