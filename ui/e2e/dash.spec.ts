// Dash settings: the link or why there is none, where links lead, and how notices go.

import { expect, test, type Page } from './test';
import { fitsTheWindow, openSupply, start } from './places';

const LINKED = 'account=linked';
const device = (page: Page, name: string) =>
  page
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();

test('a device has its link, or says why not', async ({ page }) => {
  await start(page, LINKED);
  await device(page, 'Espresso machine');
  await expect(page.getByText('Amazon United Kingdom')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Open Dash settings, Espresso machine' }).click();
  await expect(
    page.getByText('You opened its settings today. Amazon has not told the maker what they are now.'),
  ).toBeVisible();
  for (const [name, why] of [
    ['Washing machine', 'Amazon has not certified this model for Dash.'],
    ['Robot vacuum', 'Certified for: United States, Germany, Japan.'],
    ['Study printer', 'This device is not one of the linked account’s.'],
  ] as const) {
    await device(page, name);
    await expect(page.getByText(why)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Open Dash settings/ })).toHaveCount(0);
    await fitsTheWindow(page);
  }
});

test('without an account there is only the way to one', async ({ page }) => {
  await start(page);
  await device(page, 'Espresso machine');
  await expect(page.getByText('Link the maker’s account to open')).toBeVisible();
  await openSupply(page, 'Coffee pods');
  await expect(page.getByText('Dash settings', { exact: true })).toHaveCount(0);
});

test('from a supply, by its key and its menu, and for a phone', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSupply(page, 'Coffee pods', `${LINKED}&visit=nothing&back=none`);
  await expect(page.getByText('You opened its settings Thu 19 Nov; nothing changed.')).toBeVisible();
  await expect(page.getByText('Amazon’s page can’t bring you back to Refill.')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: /for a phone, / }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^https:\/\/alexa\.amazon\.com\/spa\/index\.html#v2\/drs\//);
  await page.keyboard.press('d');
  await expect(page.getByText('You opened its settings today.')).toBeVisible();
});

test('the account lists its devices', async ({ page }) => {
  await start(page, `${LINKED}&visit=changed`);
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('heading', { name: 'Automatic reorder' })).toBeVisible();
  await expect(page.getByText('automatic reorder has changed since')).toBeVisible();
  await fitsTheWindow(page);
});

for (const lang of ['en', 'de'])
  for (const [width, text] of [
    [760, 100],
    [760, 200],
  ] as const)
    test(`fits ${width} at ${text} % in ${lang}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 520 });
      await start(page, `${LINKED}&visit=not_told&back=none&lang=${lang}&text=${text}`);
      await page.keyboard.press('Control+4');
      await expect(page.locator('#account-dash')).toBeVisible();
      await fitsTheWindow(page);
      await page.keyboard.press('Control+,');
      await expect(page.locator('#s-notices')).toBeVisible();
      await fitsTheWindow(page);
    });

const place = (of: object) => `place=${encodeURIComponent(JSON.stringify(of))}`;

test('a link to what was removed says so', async ({ page }) => {
  await start(page, place({ to: 'slot_gone' }));
  await expect(page.getByText('This supply was removed.')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText('This supply was removed.')).toHaveCount(0);
});

test('coming back from Amazon shows the supply and says what it is', async ({ page }) => {
  await start(page, LINKED);
  const slot = await page.locator('li[data-slot]').first().getAttribute('data-slot');
  const back = { to: 'back', device: '0', slot, name: 'Espresso machine' };
  await start(page, `${LINKED}&${place(back)}`);
  await expect(page.getByRole('heading', { name: 'About this supply' })).toBeVisible();
  await expect(page.getByText('Back from Amazon’s settings of Espresso machine.')).toBeVisible();
  await fitsTheWindow(page);
  await page.keyboard.press('Escape');
  await expect(page.getByText('Back from Amazon’s settings')).toHaveCount(0);
});

test('the tray leads to what was bought', async ({ page }) => {
  await start(page);
  const slot = await page.locator('li[data-slot]').first().getAttribute('data-slot');
  await start(page, place({ to: 'bought', slot }));
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('how notices go is chosen, and a device is left out', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+,');
  await expect(page.getByText('What comes up meanwhile is one summary in the morning.')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'When' }).getByText('Once a day').click();
  await expect(page.getByText('Summary at')).toBeVisible();
  await page.getByRole('button', { name: 'Quiet until tomorrow' }).click();
  await expect(page.getByText(/^Quiet until Sun/)).toBeVisible();
  await page.getByRole('button', { name: 'End now' }).click();
  await expect(page.getByRole('button', { name: 'Quiet until tomorrow' })).toBeVisible();
  await fitsTheWindow(page);
  await device(page, 'Robot vacuum');
  const notices = page.getByRole('checkbox', { name: 'Notices about this device' });
  await expect(notices).toBeChecked();
  await notices.uncheck();
  await expect(notices).not.toBeChecked();
});
