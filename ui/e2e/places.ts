// Ways to a place, as a person goes there.

import { expect, type Locator, type Page } from './test';
import { audit } from './audit';

/** Opens the program in a situation of the browser's household and waits for its supplies. */
export async function start(page: Page, query = ''): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`/?theme=light&${query}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

/** A supply's row. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('main').getByRole('link', { name: new RegExp(`^${name}`) });
}

/** Opens a supply from its row. */
export async function openSupply(page: Page, name: string, query = ''): Promise<void> {
  await start(page, query);
  await row(page, name).click();
  await expect(page.getByRole('heading', { name: 'About this supply' })).toBeVisible();
}

/** Nothing reaches beyond the window's sides, and everything has the names and contrast it needs. */
export async function fitsTheWindow(page: Page): Promise<void> {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('main *, [role="dialog"] *')]
      .filter(
        (element) =>
          !element.closest('.sr, svg') && element.getBoundingClientRect().right > window.innerWidth + 1,
      )
      .map((element) => `${element.tagName}.${element.className}`),
  );
  expect(wide).toEqual([]);
  await audit(page);
}
