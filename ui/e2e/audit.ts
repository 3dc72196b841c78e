// What every screen owes a screen reader: everything that can be pressed has a name, no id stands twice, every field
// has a label, headings do not skip from nothing to the third, and nothing hidden can be focused.

import { expect, type Page } from './test';

export async function audit(page: Page): Promise<void> {
  const faults = await page.evaluate(() => {
    const wrong: string[] = [];
    const visible = (element: Element): boolean =>
      element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
    const say = (element: Element): string => element.outerHTML.slice(0, 120);
    const name = (element: Element): string => {
      const by = element.getAttribute('aria-labelledby');
      if (by)
        return by
          .split(' ')
          .map((id) => document.getElementById(id)?.textContent ?? '')
          .join(' ')
          .trim();
      const label = element.getAttribute('aria-label');
      if (label) return label;
      const copy = element.cloneNode(true) as Element;
      copy.querySelectorAll('[aria-hidden="true"]').forEach((hidden) => hidden.remove());
      const images = [...copy.querySelectorAll('[role="img"][aria-label]')]
        .map((image) => image.getAttribute('aria-label'))
        .join(' ');
      return `${images} ${copy.textContent ?? ''}`.trim();
    };
    for (const element of document.querySelectorAll(
      'button, a[href], [role="menuitem"], [role="option"], [role="dialog"], nav, [role="radiogroup"]',
    )) {
      if (visible(element) && name(element) === '') wrong.push(`without a name: ${say(element)}`);
    }
    for (const field of document.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
      if (
        !field.labels?.length &&
        !field.getAttribute('aria-label') &&
        !field.getAttribute('aria-labelledby')
      )
        wrong.push(`without a label: ${say(field)}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of new Set(ids))
      if (ids.filter((one) => one === id).length > 1) wrong.push(`twice: #${id}`);
    for (const attribute of [
      'aria-labelledby',
      'aria-describedby',
      'aria-controls',
      'aria-activedescendant',
    ]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of element.getAttribute(attribute)?.split(' ') ?? [])
          if (!document.getElementById(id)) wrong.push(`${attribute} names nothing: ${say(element)}`);
      }
    }
    for (const hidden of document.querySelectorAll('[aria-hidden="true"]')) {
      if (hidden.querySelector('button, a[href], input, [tabindex="0"]') && visible(hidden))
        wrong.push(`hidden but focusable: ${say(hidden)}`);
    }
    for (const image of document.querySelectorAll('svg')) {
      const named =
        image.getAttribute('aria-label') ??
        image.getAttribute('aria-labelledby') ??
        image.querySelector('title')?.textContent;
      if (!named && image.getAttribute('aria-hidden') !== 'true' && !image.closest('[aria-hidden="true"]'))
        wrong.push(`picture without words: ${say(image)}`);
    }
    const levels = [...document.querySelectorAll('h1, h2, h3')]
      .filter(visible)
      .map((heading) => Number(heading.tagName.slice(1)));
    levels.forEach((level, i) => {
      if (level === 3 && !levels.slice(0, i).includes(2)) wrong.push('a third heading without a second');
    });
    if (document.querySelectorAll('main').length !== 1) wrong.push('not exactly one main');
    if (document.documentElement.lang === '') wrong.push('no language');
    return wrong;
  });
  expect(faults).toEqual([]);
}

/** Nothing is cut off sideways. */
export async function fits(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const over = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
    const parts = [
      document.documentElement,
      ...document.querySelectorAll(
        'main, nav, .dialog, .supplies, .row, .name, .words, .head, .banner, button, label, h1, h2, p',
      ),
    ];
    return parts
      .filter(
        (element) =>
          element.getClientRects().length > 0 &&
          !element.classList.contains('sr') &&
          over(element) &&
          getComputedStyle(element).display !== 'inline',
      )
      .filter((element) => !['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
      .map(
        (element) => `${element.tagName}.${element.className}: ${element.textContent?.trim().slice(0, 60)}`,
      );
  });
  expect(cut).toEqual([]);
}
