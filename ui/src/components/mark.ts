// Geometry of the supply mark, in CSS pixels at 100 % text.

export type MarkSize = 'row' | 'list' | 'found' | 'head' | 'art';

interface Shape {
  width: number;
  height: number;
  radius: number;
  /** From the outline to the fill. */
  gap: number;
  /** Between two segments. */
  segment: number;
  /** Room for the low mark at the right. */
  notch: boolean;
}

export const shapes: Record<MarkSize, Shape> = {
  row: { width: 18, height: 38, radius: 4.5, gap: 1.9, segment: 1.3, notch: true },
  list: { width: 10, height: 22, radius: 2.6, gap: 1.4, segment: 1, notch: false },
  found: { width: 13, height: 28, radius: 3.2, gap: 1.6, segment: 1, notch: false },
  head: { width: 44, height: 96, radius: 8, gap: 3.2, segment: 2, notch: true },
  art: { width: 34, height: 176, radius: 7, gap: 3, segment: 2.6, notch: true },
};

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
  bottom: number;
}

/** The room inside the outline. */
export function inside(size: MarkSize): Box {
  const { width, height, gap } = shapes[size];
  const edge = 0.75 + gap;
  return { left: edge, top: edge, width: width - 2 * edge, height: height - 2 * edge, bottom: height - edge };
}

/** Height of a level (0 to 1) from the top of the mark. */
export const level = (size: MarkSize, fill: number): number => {
  const box = inside(size);
  return box.bottom - box.height * Math.min(1, Math.max(0, fill));
};

/** Up to three hundredths there is only the level line. */
export const isLineAlone = (fill: number): boolean => fill > 0 && fill <= 0.03;

/** Filled segments, from the bottom: their tops and their height. */
export function segments(size: MarkSize, fill: number, count: number): { tops: number[]; height: number } {
  const box = inside(size);
  const { segment: gap } = shapes[size];
  const step = (box.height + gap) / count;
  const full = fill <= 0 ? 0 : Math.max(1, Math.round(fill * count));
  return {
    tops: Array.from({ length: full }, (_, i) => box.bottom - (i + 1) * step + gap),
    height: step - gap,
  };
}

/** Thin lines of a life, from the bottom. */
export function lines(size: MarkSize, fill: number): { tops: number[]; height: number } {
  const box = inside(size);
  const step = Math.max(3, box.height / 24);
  const height = step / 2;
  const full = Math.min(Math.round((box.height * fill) / step), Math.floor(box.height / step));
  return { tops: Array.from({ length: full }, (_, i) => box.bottom - height - i * step), height };
}

const inks: Record<string, string> = {
  '#000000': 'var(--ink-black)',
  '#00ffff': 'var(--ink-cyan)',
  '#ff00ff': 'var(--ink-magenta)',
  '#ffff00': 'var(--ink-yellow)',
};

/** Colours as CSS: the four inks by their token, others as the printer gave them, anything else dropped. */
export function paints(colours: readonly string[]): string[] {
  return colours
    .map((colour) => colour.toLowerCase())
    .filter((colour) => /^#[0-9a-f]{6}$/.test(colour))
    .map((colour) => inks[colour] ?? colour);
}
