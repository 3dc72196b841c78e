// Support on the Account page: a request is answered, access is taken back, and what was looked at is read there.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

async function account(page: Page, query: string): Promise<void> {
  await start(page, `account=linked&${query}`);
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('heading', { name: 'Support', exact: true })).toBeVisible();
}

test('a request is answered for as long as one likes, and taken back', async ({ page }) => {
  await account(page, 'support=asked');
  await expect(page.getByRole('heading', { name: 'Tom Hale asks to see your devices' })).toBeVisible();
  await expect(page.getByText('The vacuum stopped counting.')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByLabel('For how long').selectOption('For 2 days');
  await page.getByRole('button', { name: 'Give access' }).click();
  await expect(
    page.getByRole('heading', { name: /^Tom Hale may see your devices until Mon 23 Nov/ }),
  ).toBeVisible();
  await expect(page.getByText('You gave access.')).toBeVisible();
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByRole('button', { name: 'Withdraw' })).toBeHidden();
  await expect(page.getByText('You took access back.')).toBeVisible();
});

test('a request that waits is counted in the sidebar until it is answered', async ({ page }) => {
  await start(page, 'account=linked&support=asked');
  const foot = page.getByRole('button', { name: /One request of support waits for you/ });
  await expect(foot).toBeVisible();
  await foot.click();
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(foot).toBeHidden();
});

test('many visits leave what matters within reach', async ({ page }) => {
  await account(page, 'support=often');
  const taken = page.getByText('Ada Brand took access without asking you.');
  await expect(taken).toBeHidden();
  await page.getByRole('button', { name: 'Show earlier' }).click();
  await expect(taken).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show earlier' })).toBeHidden();
  await fitsTheWindow(page);
});

test('a request is refused', async ({ page }) => {
  await account(page, 'support=asked');
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByText('You did not give access.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Give access' })).toBeHidden();
});

test('what was looked at is told, and what was taken can’t be taken back', async ({ page }) => {
  await account(page, 'support=open');
  await expect(page.getByText('Tom Hale looked at your devices and your reports.')).toBeVisible();
  await fitsTheWindow(page);
  await account(page, 'support=taken');
  await expect(page.getByText('for a legal or a safety reason')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Withdraw' })).toBeHidden();
  await fitsTheWindow(page);
  await account(page, '');
  await expect(page.getByText('Nobody has asked to see your devices.')).toBeVisible();
});

test('where the cloud is away, nothing is said of support', async ({ page }) => {
  await start(page, 'account=linked&support=away');
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('heading', { name: 'What others can see' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Support', exact: true })).toBeHidden();
});
