// Calendar days as `YYYY-MM-DD`, and the fixed clock of the household in the browser: Sat 21 Nov 2026, 10:00.

export const TODAY = '2026-11-21';
export const NOW = new Date(2026, 10, 21, 10, 0).getTime();

export function plus(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export const between = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / 86_400_000);

/** Ten in the morning of a day, or a given time of it. */
export function at(day: string, hour = 10, minute = 0): number {
  const [y, m, d] = day.split('-').map(Number) as [number, number, number];
  return new Date(y, m - 1, d, hour, minute).getTime();
}
