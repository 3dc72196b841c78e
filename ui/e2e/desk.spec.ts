// The support desk: signing in, finding, asking, and looking at a customer in a page that has nothing to edit.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

async function desk(page: Page, query = 'desk=in'): Promise<void> {
  await start(page, query);
  await page.getByRole('button', { name: 'My home' }).click();
  await page.getByRole('menuitem', { name: 'Support desk' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Find a customer' })).toBeVisible();
}

test('without the role there is no desk; signing in brings it', async ({ page }) => {
  await start(page);
  await page.getByRole('button', { name: 'My home' }).click();
  await expect(page.getByRole('menuitem', { name: 'Support desk' })).toBeHidden();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  const section = page.getByRole('region', { name: 'For the maker’s people' });
  await section.getByLabel('Address of the maker’s cloud').fill('nowhere.example');
  await section.getByRole('button', { name: 'Sign in as staff' }).click();
  await expect(section.getByText('nowhere.example can’t be reached.')).toBeVisible();
  await section.getByLabel('Address of the maker’s cloud').fill('home.larkfield.example');
  await section.getByRole('button', { name: 'Sign in as staff' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Find a customer' })).toBeVisible();
  await page.keyboard.press('Control+,');
  await section.getByRole('button', { name: 'Sign out' }).click();
  await expect(section.getByRole('button', { name: 'Sign in as staff' })).toBeVisible();
});

test('a case and a reason come first; found is not seen', async ({ page }) => {
  await desk(page, 'desk=empty');
  await page.getByLabel('Mail address', { exact: true }).last().fill('priya');
  await expect(page.getByText('Type a case number, a reason')).toBeVisible();
  await page.getByLabel('Case number').fill('SUP-20418');
  await page.getByLabel('Reason').fill('The vacuum stopped counting');
  await expect(page.getByText('20 customers')).toBeVisible();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByText('31 customers')).toBeVisible();
  await fitsTheWindow(page);
  const one = page.getByRole('listitem').filter({ hasText: 'p•••@a•••.com' }).first();
  await expect(one.getByText('Has not given access')).toBeVisible();
  await one.getByRole('button', { name: 'Send a request' }).click();
  await expect(one.getByText('Waits for the customer’s answer')).toBeVisible();
  await page.getByRole('button', { name: 'Audit log' }).click();
  await expect(page.getByText('Asked for access')).toBeVisible();
  await fitsTheWindow(page);
});

test('a customer is looked at, with nothing to edit', async ({ page }) => {
  await desk(page);
  await page.getByRole('navigation').getByRole('button', { name: 'Priya Nair' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Priya Nair' })).toBeVisible();
  await expect(
    page.getByText('Everything you open here is recorded, and Priya Nair can see it.'),
  ).toBeVisible();
  await expect(page.getByText('Access until Fri 27 Nov')).toBeVisible();
  await expect(page.getByText('Amazon does not know this device.')).toBeVisible();
  const main = page.getByRole('main');
  expect(await main.locator('input, select, textarea, [contenteditable], a').count()).toBe(0);
  expect(await main.getByRole('button').allInnerTexts()).toEqual(['Copy summary', 'Close case…']);
  await fitsTheWindow(page);
  await main.getByRole('button', { name: 'Close case…' }).click();
  await main.getByRole('button', { name: 'Keep it open' }).click();
  await main.getByRole('button', { name: 'Close case…' }).click();
  await main.getByRole('button', { name: 'Close case', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Find a customer' })).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('button', { name: 'Priya Nair' })).toBeHidden();
});

for (const [width, height, query] of [
  [1180, 780, 'theme=dark&desk=in'],
  [760, 520, 'desk=in'],
  [760, 520, 'desk=in&text=200&lang=de&locale=de-DE'],
] as const)
  test(`it fits: ${width} × ${height}, ${query}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`/?${query.includes('theme') ? '' : 'theme=light&'}${query}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.locator('.switch').click();
    await page.getByRole('menuitem').nth(1).click();
    await expect(page.getByRole('status').first()).toBeVisible();
    await fitsTheWindow(page);
    const beside = page.getByRole('navigation').getByRole('button', { name: 'Priya Nair' });
    // In the narrowest window the places are in a menu.
    if (await beside.isVisible()) await beside.click();
    else {
      await page.locator('.burger').click();
      await page.getByRole('menuitem', { name: 'Priya Nair' }).click();
    }
    await expect(page.getByRole('heading', { level: 1, name: 'Priya Nair' })).toBeVisible();
    await fitsTheWindow(page);
  });
