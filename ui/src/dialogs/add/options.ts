// What the first step of "Add a device" offers for what was typed: an address to ask, printers that answered, kinds.

import type { DeviceKind, FoundPrinter, Template } from '../../host/types';

export type Option =
  | { kind: 'address'; id: string; address: string }
  | { kind: 'printer'; id: string; printer: FoundPrinter }
  | { kind: 'template'; id: string; template: Template; label: string };

/** An address by its looks: with a scheme, an IP address, or a name with a dot or a port. */
export function looksLikeAddress(text: string): boolean {
  const typed = text.trim();
  if (typed === '' || /\s/.test(typed)) return false;
  if (/^[a-z]+:\/\/./i.test(typed)) return true;
  if (/^\[?[0-9a-f]*:[0-9a-f:]+\]?(:\d+)?$/i.test(typed)) return true;
  return /^[\w-]+(\.[\w-]+)+\.?(:\d+)?(\/.*)?$/.test(typed) || /^[\w-]+:\d+(\/.*)?$/.test(typed) || typed.toLowerCase() === 'localhost';
}

function matches(query: string, ...texts: (string | null)[]): boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const all = texts.join(' ').toLocaleLowerCase();
  return words.every((word) => all.includes(word));
}

/** In the order of the screen. `label` names a kind in the person's language. */
export function optionsFor(
  query: string, found: readonly FoundPrinter[], templates: readonly Template[], label: (kind: DeviceKind) => string,
): Option[] {
  const typed = query.trim();
  const printers = found
    .filter((printer) => matches(typed, printer.name, printer.model, printer.location, printer.host, printer.address))
    .map((printer): Option => ({ kind: 'printer', id: `printer-${printer.key}`, printer }));
  const kinds = templates
    .filter((template) => template.kind === 'other' || matches(typed, label(template.kind)))
    .map((template): Option => ({ kind: 'template', id: `kind-${template.kind}`, template, label: label(template.kind) }));
  // A word that names nothing may still be a host's name.
  const fits = printers.length > 0 || templates.some((template) => matches(typed, label(template.kind)));
  const address = looksLikeAddress(typed) || (typed !== '' && !/\s/.test(typed) && !fits);
  return [...(address ? [{ kind: 'address', id: 'address', address: typed } as const] : []), ...printers, ...kinds];
}

/** The option after or before the active one; at the ends it stays. */
export function moved(options: readonly Option[], active: string | null, by: 1 | -1): string | null {
  const at = options.findIndex((option) => option.id === active);
  const next = at < 0 ? (by > 0 ? 0 : options.length - 1) : Math.min(options.length - 1, Math.max(0, at + by));
  return options[next]?.id ?? null;
}

/** With the answer of one printer added, or put in the place of its earlier answer. */
export function withAnswer(found: readonly FoundPrinter[], printer: FoundPrinter): FoundPrinter[] {
  return found.some((one) => one.key === printer.key) ? found.map((one) => (one.key === printer.key ? printer : one)) : [...found, printer];
}
