// Both languages say everything, with the same parts.
import { describe, expect, it } from 'vitest';
import de from '../../messages/de.json';
import en from '../../messages/en.json';

type Entry = string | Record<string, string>;
const languages: Record<string, Record<string, Entry>> = { en, de };
const texts = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : Object.values(entry));
/** Parts of a message, without the count that a plural may leave out. */
const parts = (entry: Entry): string[] =>
  [...new Set(texts(entry).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '')))]
    .filter((name) => typeof entry === 'string' || name !== 'count')
    .sort();

describe('the catalogue', () => {
  it('has the same messages in both languages', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  it.each(Object.keys(en))('%s has the same parts and a plural in both', (key) => {
    const [english, german] = [languages['en']?.[key] ?? '', languages['de']?.[key] ?? ''];
    expect(parts(german)).toEqual(parts(english));
    expect(typeof german).toBe(typeof english);
    for (const entry of [english, german]) {
      if (typeof entry === 'object') expect(Object.keys(entry)).toEqual(['one', 'other']);
      for (const text of texts(entry)) expect(text.trim()).toBe(text);
    }
  });

  it('never says oops, please, or an error code alone', () => {
    const all = Object.values(languages).flatMap((language) => Object.values(language).flatMap(texts));
    expect(all.filter((text) => /\b(oops|please|bitte)\b|^\w+_\w+$/i.test(text))).toEqual([]);
  });
});
