// What if: a plan is tried out on a supply; days away are marked for good, and taken back.

import { expect, test, type Page } from './test';
import { fitsTheWindow, row, start } from './places';

async function whatIf(page: Page, name: string, query = ''): Promise<void> {
  await start(page, query);
  await row(page, name).click();
  await expect(page.getByRole('definition').first()).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByRole('dialog')).toBeVisible();
}

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

test('guests, another device and days away move the date, and nothing is saved', async ({ page }) => {
  await whatIf(page, 'Liquid detergent');
  const told = page.getByRole('dialog').getByRole('status');
  await expect(told).toContainText('Runs out about Thu 3 Dec');
  await expect(field(page, 'Guests')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(told).toContainText('as things are');
  await expect(told).toContainText(/\d+ days earlier/);
  await expect(field(page, 'At home')).toHaveValue('2');
  await field(page, 'Guests').fill('0');
  await field(page, 'More devices').fill('1');
  await expect(told).toContainText('6 days earlier');
  await field(page, 'More devices').fill('many');
  await expect(told).toContainText('Enter whole numbers up to 1000.');
  await field(page, 'More devices').fill('0');
  await page.getByLabel('First day away').fill('2026-11-23');
  await page.getByLabel('Last day away').fill('2026-11-29');
  await expect(told).toContainText('7 days later');
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+,');
  await expect(page.getByText(/^23\sNov to 29\sNov/)).toHaveCount(0);
});

test('days away are marked from a plan, listed in the settings, and taken back', async ({ page }) => {
  await whatIf(page, 'Liquid detergent');
  await page.getByLabel('First day away').fill('2026-11-23');
  await page.getByLabel('Last day away').fill('2026-11-29');
  await page.getByRole('button', { name: 'Mark as days away' }).click();
  await expect(page.getByText(/^Marked as away: 23\sNov to 29\sNov\.$/).first()).toBeVisible();
  await page.keyboard.press('Control+,');
  const days = page.getByRole('group', { name: 'Days away' });
  await expect(days.getByRole('listitem')).toHaveText(/23\sNov to 29\sNov\s*Everything\s*Remove/);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(days.getByRole('listitem')).toHaveCount(0);
  await days.getByLabel('First day away').fill('2026-12-24');
  await days.getByRole('button', { name: 'Mark' }).click();
  await days.getByRole('button', { name: /^Remove/ }).click();
  await expect(days.getByRole('listitem')).toHaveCount(0);
});

test('days away that can not be are told, and nothing is marked', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+,');
  const days = page.getByRole('group', { name: 'Days away' });
  await days.getByLabel('First day away').fill('2026-12-24');
  await days.getByLabel('Last day away').fill('2026-12-20');
  await days.getByRole('button', { name: 'Mark' }).click();
  await expect(days.getByRole('alert')).toContainText('Choose a first day');
  await expect(days.getByLabel('First day away')).toHaveValue('2026-12-24');
  await fitsTheWindow(page);
});

for (const [query, width, height] of [
  ['theme=dark', 1180, 780],
  ['theme=dark&lang=de&locale=de-DE&text=200', 760, 520],
  ['text=150', 480, 640],
] as const) {
  test(`a plan fits: ${query} at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await whatIf(page, 'Liquid detergent', query);
    await fitsTheWindow(page);
  });
}
