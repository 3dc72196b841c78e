// The chart on screen: asked for at once, again 150 ms after resizing settles, and whenever something changed. Only
// the answer to the latest question counts.

import { Turns } from '../state/turns';
import type { Chart, ChartPoint, Trouble } from '../host/types';
import { troubleOf } from '../host/host';
import { described, pictureOf } from './picture';
import { ordered } from './readout';

const SETTLED_MS = 150;
/** Height at 100 % text, in CSS pixels. */
export const HEIGHT = 286;

export interface Drawn {
  picture: SVGSVGElement;
  title: string;
  text: string;
  points: ChartPoint[];
  width: number;
  height: number;
}

/** The size of a picture, as every form of one has it. */
export interface Sized {
  width: number;
  height: number;
  scale: number;
}

const subject = (form: object): string =>
  JSON.stringify({ ...form, width: undefined, height: undefined, scale: undefined });

export class ChartSource<Form extends Sized> {
  drawn = $state.raw<Drawn | null>(null);
  trouble = $state.raw<Trouble | null>(null);

  readonly #draw: (form: Form) => Promise<Chart>;
  readonly #turns = new Turns();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: Form | null = null;

  constructor(draw: (form: Form) => Promise<Chart>) {
    this.#draw = draw;
  }

  /** Asks for this chart; waits first when only its size changed. */
  show(form: Form): void {
    const before = this.#last;
    this.#last = form;
    clearTimeout(this.#timer);
    const resized = before !== null && this.drawn !== null && subject(before) === subject(form);
    const sized = before !== null && before.width === form.width && before.height === form.height;
    if (resized && !sized) this.#timer = setTimeout(() => void this.#ask(form), SETTLED_MS);
    else void this.#ask(form);
  }

  /** The form of the picture on screen, for saving it. */
  get form(): Form | null {
    return this.#last;
  }

  again(): void {
    if (this.#last) void this.#ask(this.#last);
  }

  stop(): void {
    clearTimeout(this.#timer);
    // What is still under way is not taken any more.
    this.#turns.ask()();
  }

  async #ask(form: Form): Promise<void> {
    const taken = this.#turns.ask();
    try {
      const chart = await this.#draw(form);
      if (taken()) this.#take(chart);
    } catch (thrown) {
      if (taken()) this.trouble = troubleOf(thrown);
    }
  }

  #take(chart: Chart): void {
    const picture = pictureOf(chart.svg);
    if (!picture) {
      this.drawn = null;
      this.trouble = {
        code: 'unexpected',
        detail: 'The chart is not a picture that may be shown.',
        field: null,
      };
      return;
    }
    // Its frame says title and description, and sizes it.
    const { title, text } = described(picture);
    picture.setAttribute('aria-hidden', 'true');
    picture.removeAttribute('role');
    picture.removeAttribute('width');
    picture.removeAttribute('height');
    if (!picture.hasAttribute('viewBox'))
      picture.setAttribute('viewBox', `0 0 ${chart.width} ${chart.height}`);
    this.trouble = null;
    this.drawn = {
      picture,
      title,
      text,
      points: ordered(chart.points),
      width: chart.width,
      height: chart.height,
    };
  }
}

/** A PNG as the engine sends it. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
