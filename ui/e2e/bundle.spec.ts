// The support file: put together and looked at by its customer before it is saved; opened at the desk, where it is shown
// and kept nowhere.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

async function make(page: Page, query: string): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+4');
  await page.getByRole('button', { name: 'Put it together' }).click();
  await expect(page.getByRole('heading', { name: 'What was taken out' })).toBeFocused();
}

async function desk(page: Page, query: string): Promise<void> {
  await start(page, query);
  await page.getByRole('button', { name: 'My home' }).click();
  await page.getByRole('menuitem', { name: 'Support desk' }).click();
  await page.getByRole('navigation').getByRole('button', { name: 'Support file' }).click();
  await page.getByRole('button', { name: 'Open file…' }).click();
}

test('what was taken out is told before the file is saved', async ({ page }) => {
  await make(page, 'account=linked');
  const section = page.getByRole('region', { name: 'A file for support' });
  await expect(section.getByRole('row', { name: /^Serial numbers 5 devices and log$/ })).toBeVisible();
  await expect(section.getByText('1 device, 2 messages and 70 lines of the log.')).toBeVisible();
  await section.getByText('Read the whole file').click();
  await expect(section.getByText('"format": "refill-support-bundle"')).toBeVisible();
  await fitsTheWindow(page);
  await section.getByRole('button', { name: 'Save file…' }).click();
  await expect(page.getByText('Saved. Send it to whoever helps you.')).toBeAttached();
  await expect(section.getByRole('button', { name: 'Put it together' })).toBeVisible();
});

test('it is put away unsaved, and is there without an account', async ({ page }) => {
  await make(page, 'bundle=closed');
  await expect(page.getByText('The household can’t be opened; the file says why.')).toBeVisible();
  await page.getByRole('button', { name: 'Don’t save' }).click();
  await expect(page.getByRole('button', { name: 'Put it together' })).toBeVisible();
});

test('staff open a file and see how things stand, with nothing to edit', async ({ page }) => {
  await desk(page, 'desk=in');
  const main = page.getByRole('main');
  await expect(main.getByText('Names, serial numbers and addresses are numbers.')).toBeVisible();
  await expect(main.getByRole('heading', { name: /name-2/ })).toContainText('address-1 serial-1');
  await expect(main.getByRole('row', { name: /^name-3 cyan/ })).toContainText('2');
  await main.getByText('purchased · Parked: refused: the clock is ahead').click();
  await expect(main.getByText('"shop": "name-6"')).toBeVisible();
  await expect(main.getByRole('button', { name: 'Show all 70' })).toBeVisible();
  await main.getByRole('button', { name: 'Show all 70' }).click();
  await expect(main.getByRole('button', { name: 'Show all 70' })).toBeHidden();
  expect(await main.locator('input, select, textarea, [contenteditable], a').count()).toBe(0);
  await fitsTheWindow(page);
});

for (const [query, said] of [
  ['bundle=bad', 'This support file was damaged or changed.'],
  ['bundle=newer', 'A newer Refill wrote this file.'],
] as const)
  test(`a file that is none is refused in words: ${query}`, async ({ page }) => {
    await desk(page, `desk=in&${query}`);
    await expect(page.getByRole('alert')).toContainText(said);
  });

for (const [width, height, query] of [
  [1180, 780, 'theme=dark&desk=in'],
  [760, 520, 'desk=in'],
  [760, 520, 'desk=in&text=200&lang=de&locale=de-DE'],
] as const)
  test(`both fit: ${width} × ${height}, ${query}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`/?${query.includes('theme') ? '' : 'theme=light&'}${query}&account=linked`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('Control+4');
    await page.getByRole('button', { name: /^(Put it together|Zusammenstellen)$/ }).click();
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeFocused();
    await fitsTheWindow(page);
    await page.locator('.switch').click();
    await page.getByRole('menuitem').nth(1).click();
    const beside = page.getByRole('navigation').getByRole('button', { name: /^Support.(file|Datei)$/ });
    if (await beside.isVisible()) await beside.click();
    else {
      await page.locator('.burger').click();
      await page.getByRole('menuitem', { name: /^Support.(file|Datei)$/ }).click();
    }
    await page.getByRole('main').getByRole('button').first().click();
    await expect(page.getByRole('main').getByRole('status')).toBeVisible();
    await fitsTheWindow(page);
  });

test('a household that can’t be opened has a file for support too', async ({ page }) => {
  await start(page, 'state=damaged-database&bundle=closed');
  await page.getByRole('button', { name: 'Put it together' }).click();
  await expect(page.getByText('The household can’t be opened; the file says why.')).toBeVisible();
  await page.getByRole('button', { name: 'Save file…' }).click();
  await expect(page.getByRole('button', { name: 'Put it together' })).toBeVisible();
});
