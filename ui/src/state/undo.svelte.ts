// The quiet line after something was done: ten seconds, not counting the time it is focused or pointed at. Undo by
// key works on, for everything the person did since the start.

export interface Done {
  /** What happened: "Added 1.5 l." */
  text: string;
  /** Takes it back. */
  undo: () => Promise<void>;
}

const SHOWN_MS = 10_000;

export class Undo {
  line = $state.raw<Done | null>(null);
  #stack: Done[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = 0;
  #since = 0;

  show(done: Done): void {
    this.#stack.push(done);
    this.line = done;
    this.#left = SHOWN_MS;
    this.resume();
  }

  /** Stops the clock while the line is focused or pointed at. */
  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= performance.now() - this.#since;
  }

  resume(): void {
    clearTimeout(this.#timer);
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.hide(), Math.max(0, this.#left));
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.line = null;
  }

  get possible(): boolean {
    return this.#stack.length > 0;
  }

  /** Undoes the last thing done; it stays undoable when that fails. */
  async last(): Promise<Done | null> {
    const done = this.#stack.at(-1);
    if (!done) return null;
    await done.undo();
    this.#stack.splice(this.#stack.lastIndexOf(done), 1);
    if (this.line === done) this.hide();
    return done;
  }
}
