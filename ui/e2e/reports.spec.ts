import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const list = (page: Page) => page.getByRole('group', { name: 'Reports' });

async function reports(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.getByRole('button', { name: /^Reports/ }).click();
}

test('a household that is linked with nobody has nothing to report', async ({ page }) => {
  await reports(page);
  await expect(heading(page)).toHaveText('Nothing to report yet');
  await expect(page.getByRole('button', { name: /^Reports$/ })).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Link an account' }).click();
  await expect(heading(page)).toHaveText('Not linked to an account');
});

test('what needs somebody is shown first, in words and to the letter', async ({ page }) => {
  await start(page, 'account=linked');
  // Before the screen was ever opened.
  await expect(page.getByRole('button', { name: /^Reports 1 report needs you/ })).toBeVisible();
  await page.keyboard.press('Control+3');
  await expect(heading(page)).toHaveText('One report needs you');
  await expect(page.getByText('5 were delivered today.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: 'Used 1 h 13 min' })).toBeVisible();
  await expect(page.getByText('Amazon refused this report')).toBeVisible();
  await expect(page.getByText('INVALID_REQUEST_EXCEPTION')).toBeVisible();
  await expect(page.locator('pre')).toContainText('token hidden');
  await expect(list(page).getByRole('button')).toHaveCount(14);
  await fitsTheWindow(page);
});

test('it is sent again, or discarded after a question', async ({ page }) => {
  await reports(page, 'account=linked');
  await page.getByRole('button', { name: 'Discard…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Discard this report?' });
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await expect(dialog.getByText('Amazon never hears of it')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(heading(page)).toHaveText('One report needs you');
  await page.getByRole('button', { name: 'Discard…' }).click();
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(heading(page)).toHaveText('One report waits');
  await expect(page.getByRole('button', { name: /^Reports$/ })).toBeVisible();
});

test('sent again it waits for its turn', async ({ page }) => {
  await reports(page, 'account=linked');
  await list(page)
    .getByRole('button', { name: /^18:00/ })
    .click();
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(heading(page)).toHaveText('2 reports wait');
  await expect(page.getByText('It goes next')).toBeVisible();
});

test('filters have their counts, and keys go from line to line', async ({ page }) => {
  await reports(page, 'account=linked');
  await page.getByRole('radio', { name: 'Waiting 1' }).check({ force: true });
  await expect(list(page).getByRole('button')).toHaveCount(1);
  await expect(page.getByText('It is tried again at 10:26')).toBeVisible();
  await expect(page.getByText('Refill cannot tell whether this arrived')).toBeVisible();
  await page.getByRole('radio', { name: 'All' }).check({ force: true });
  await list(page).getByRole('button').first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(list(page).getByRole('button', { name: /^09:44/ })).toBeFocused();
  await expect(page.getByText('The maker has it')).toBeVisible();
});

test('without the cloud it says what is missing', async ({ page }) => {
  await reports(page, 'account=offline');
  await expect(page.getByText('home.larkfield.example can’t be asked now.')).toBeVisible();
  await expect(page.getByText('The maker’s cloud refused this')).toBeVisible();
  await fitsTheWindow(page);
});

test('a skill that was disabled is the headline', async ({ page }) => {
  await reports(page, 'account=linked&reports=stopped');
  await expect(heading(page)).toHaveText('Alexa gets no reports now');
  await expect(page.getByText('Alexa says the skill was disabled')).toBeVisible();
  await page.getByRole('button', { name: 'Link again' }).click();
  await expect(heading(page)).toHaveText(/^Linked with home.larkfield.example/);
});

test('in a small window one report takes the place of the list, and gives it back', async ({ page }) => {
  await page.setViewportSize({ width: 760, height: 520 });
  await reports(page, 'account=linked&theme=dark');
  await list(page)
    .getByRole('button', { name: /^09:31/ })
    .click();
  await expect(list(page)).toBeHidden();
  await expect(page.getByText('It is tried again at 10:26')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'All reports' }).click();
  await expect(list(page).getByRole('button', { name: /^09:31/ })).toBeFocused();
  await fitsTheWindow(page);
});

test('German words and large text fit', async ({ page }) => {
  await page.setViewportSize({ width: 760, height: 520 });
  await start(page, 'account=linked&lang=de&locale=de-DE&text=200');
  await page.keyboard.press('Control+3');
  await expect(heading(page)).toHaveText('Ein Bericht braucht Sie');
  await fitsTheWindow(page);
});

test('a developer sets up the way straight to Alexa, and secrets are not shown again', async ({ page }) => {
  await start(page);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('Copy all of it, without spaces.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Client id' }).fill('amzn1.application-oa2-client.x');
  await page.getByLabel('Client secret').fill('CANARY-secret');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('Give a refresh token, or the code of an AcceptGrant.')).toBeVisible();
  await page.getByLabel('Refresh token').fill('old');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('Amazon gave no token for this.')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByLabel('Refresh token').fill('Atzr|CANARY-token');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('On, for amzn1.application-oa2-client.x')).toBeVisible();
  expect(await page.content()).not.toContain('CANARY');
  await page.getByRole('button', { name: 'Change' }).click();
  await expect(page.getByLabel('Client secret')).toHaveValue('');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Turn off' }).click();
  await expect(page.getByRole('button', { name: 'Set up' })).toBeVisible();
});
