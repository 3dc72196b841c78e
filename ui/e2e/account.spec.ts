// The account of a maker's cloud: linked in the browser, by a pasted address, in trouble, and unlinked.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

async function account(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+4');
  await expect(heading(page)).not.toHaveText(/need/);
}

test('from the address to the linked account, and back', async ({ page }) => {
  await account(page);
  await expect(heading(page)).toHaveText('Not linked to an account');
  await expect(page.getByText('Not prices, shops, notes or your network.')).toBeVisible();
  await fitsTheWindow(page);
  const address = field(page, 'Address of the maker’s cloud');
  await address.fill('no address');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Type the address of the maker’s cloud alone')).toBeVisible();
  await address.fill('nowhere.example');
  await page.keyboard.press('Enter');
  await expect(page.getByText('nowhere.example can’t be reached.')).toBeVisible();
  await address.fill('home.larkfield.example');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('Waiting for your browser');
  await expect(page.getByRole('button', { name: 'Open again' })).toBeVisible();
  await fitsTheWindow(page);
  await field(page, 'Address from the browser').fill('https://example.com/');
  await page.getByRole('button', { name: 'Use this address' }).click();
  await expect(page.getByText('This is not the address the browser came back to.')).toBeVisible();
  await field(page, 'Address from the browser').fill('http://127.0.0.1:4711/callback?code=x&state=y');
  await page.getByRole('button', { name: 'Use this address' }).click();
  await expect(heading(page)).toHaveText('Linked with home.larkfield.example, not yet with Amazon');
  await expect(page.getByText('Held in this computer’s keychain.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Up to date/ })).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Unlink this computer…' }).click();
  await expect(page.getByText('Unlink home.larkfield.example?')).toBeVisible();
  await page.getByRole('button', { name: 'Keep linked' }).click();
  await page.getByRole('button', { name: 'Unlink this computer…' }).click();
  await page.getByRole('button', { name: 'Unlink this computer', exact: true }).click();
  await expect(heading(page)).toHaveText('Not linked to an account');
});

test('the welcome leads there', async ({ page }) => {
  await start(page, 'state=first-run');
  await page.getByRole('button', { name: 'Link an account' }).click();
  await expect(heading(page)).toHaveText('Not linked to an account');
});

test('waiting can be called off', async ({ page }) => {
  await account(page);
  await field(page, 'Address of the maker’s cloud').fill('home.larkfield.example');
  await page.getByRole('button', { name: 'Link in your browser' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(heading(page)).toHaveText('Not linked to an account');
});

for (const [state, title, told] of [
  ['offline', 'Linked, but home.larkfield.example can’t be reached', '1 entry was refused by the cloud'],
  ['ended', 'Link again with home.larkfield.example', 'Nothing is lost; what you record waits here.'],
  ['memory', 'Linked with home.larkfield.example, not yet with Amazon', 'the link lasts until you quit'],
  ['denied', 'Not linked to an account', 'You did not agree, or the maker refused.'],
] as const) {
  for (const lang of ['en', 'de']) {
    test(`${state}, in ${lang}`, async ({ page }) => {
      await account(page, `account=${state}&lang=${lang}`);
      if (lang === 'en') {
        await expect(heading(page)).toHaveText(title);
        await expect(page.getByText(told)).toBeVisible();
      }
      await fitsTheWindow(page);
    });
  }
}

test('linked with Alexa in the browser, and turned off', async ({ page }) => {
  await account(page, 'account=linked');
  await expect(heading(page)).toHaveText('Linked with home.larkfield.example, not yet with Amazon');
  const chain = page.getByRole('group', { name: 'Account' });
  await expect(chain).toContainText('Not linked');
  await page.getByRole('button', { name: 'Link with Alexa' }).click();
  await expect(heading(page)).toHaveText('Linked, all the way to Amazon');
  await expect(chain).toContainText('Skill on');
  await expect(chain).toContainText('Alexa region Europe');
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Turn off at Amazon…' }).click();
  await page.getByRole('button', { name: 'Keep it on' }).click();
  await page.getByRole('button', { name: 'Turn off at Amazon…' }).click();
  await expect(page.getByText('Turn the skill off?')).toBeVisible();
  await page.getByRole('button', { name: 'Turn off at Amazon', exact: true }).click();
  await expect(heading(page)).toHaveText('Linked with home.larkfield.example, not yet with Amazon');
});

for (const [alexa, title, button] of [
  ['off', 'The skill is turned off at Amazon', 'Link again'],
  ['again', 'Link again with Alexa', 'Link again'],
  ['maker', 'Linked, but home.larkfield.example can’t reach Amazon', ''],
  ['unknown', 'Linked with home.larkfield.example', ''],
  ['elsewhere', 'Linked with home.larkfield.example, not yet with Amazon', ''],
  ['none', 'Linked with home.larkfield.example', ''],
] as const) {
  for (const lang of ['en', 'de']) {
    test(`Alexa: ${alexa}, in ${lang}`, async ({ page }) => {
      await account(page, `account=linked&alexa=${alexa}&lang=${lang}`);
      if (lang === 'en') {
        await expect(heading(page)).toHaveText(title);
        const buttons = page.locator('header').getByRole('button');
        await expect(buttons).toHaveCount(button ? 1 : 0);
        if (button) await expect(buttons).toHaveText(button);
      }
      await fitsTheWindow(page);
    });
  }
}
