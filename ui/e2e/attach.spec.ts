// A supply of one's own becomes the account's too, and a removed device's history comes back or is wiped.

import { expect, test, type Page } from './test';
import { fitsTheWindow, openSupply, row, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

for (const lang of ['en', 'de']) {
  test(`the question fits, in ${lang}`, async ({ page }) => {
    await start(page, `attach=yes&lang=${lang}`);
    await row(page, 'Coffee pods').click();
    await page
      .getByRole('button', {
        name: /^(Say which supply of your account|Angeben, welcher Vorrat Ihres Kontos)/,
      })
      .click();
    await expect(page.getByRole('combobox', { name: /your account|Ihres Kontos/ })).toBeVisible();
    await fitsTheWindow(page);
  });
}

test('one with the account’s supply, after a word about what that means', async ({ page }) => {
  await openSupply(page, 'Coffee pods', 'attach=yes');
  const ask = page.getByRole('button', { name: 'Say which supply of your account this is' });
  await ask.click();
  await expect(page.getByText('Coffee pods and Capsules become one, with both histories.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(ask).toBeVisible();
  await ask.click();
  await page.getByRole('button', { name: 'Make them one' }).click();
  await expect(page.getByText('Coffee pods is now your account’s supply too.').first()).toBeVisible();
  await expect(ask).toHaveCount(0);
});

test('what can’t be one says why', async ({ page }) => {
  await openSupply(page, 'Coffee pods', 'attach=refused');
  await page.getByRole('button', { name: 'Say which supply of your account this is' }).click();
  await page.getByRole('button', { name: 'Make them one' }).click();
  await expect(page.getByRole('alert')).toHaveText(/measured in different ways/);
});

async function removed(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.getByRole('button', { name: 'Robot vacuum' }).click();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.keyboard.press('Control+,');
  await expect(heading(page)).toHaveText('Settings');
}

test('a removed device is listed, comes back, and can be wiped', async ({ page }) => {
  await removed(page);
  await expect(page.getByRole('heading', { name: 'Removed devices' })).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Bring back: Robot vacuum' }).click();
  await expect(page.getByRole('heading', { name: 'Removed devices' })).toHaveCount(0);
  await removed(page);
  await page.getByRole('button', { name: 'Wipe: Robot vacuum' }).click();
  await expect(page.getByText('There is no way back, and nobody is told.')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Wipe: Robot vacuum' }).click();
  await page.getByRole('button', { name: 'Wipe for good' }).click();
  await expect(page.getByText('Robot vacuum and its history are gone.').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Removed devices' })).toHaveCount(0);
});

test('what the account still has is not wiped', async ({ page }) => {
  await removed(page, 'wipe=refused');
  await page.getByRole('button', { name: 'Wipe: Robot vacuum' }).click();
  await page.getByRole('button', { name: 'Wipe for good' }).click();
  await expect(page.getByRole('alert')).toHaveText(/Remove it at the maker first/);
});
