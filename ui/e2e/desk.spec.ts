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
  await page.getByLabel('Reason').fill('ok');
  await expect(page.getByText('The reason is too short: type at least three characters.')).toBeVisible();
  await page.getByLabel('Reason').fill('The vacuum stopped counting');
  await expect(page.getByText('First 20 customers')).toBeVisible();
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
  // Each supply opens; nothing else can be pressed, and nothing typed.
  const supplies = await main.getByRole('rowheader').getByRole('button').allInnerTexts();
  expect(supplies).toHaveLength(9);
  for (const view of ['Supplies', 'Reports', 'Orders', 'Notifications']) {
    await main.getByRole('tab', { name: view }).click();
    await expect(main.getByRole('tabpanel').getByRole('paragraph').first()).toBeVisible();
    expect(await main.locator('input, select, textarea, [contenteditable], a').count()).toBe(0);
    await fitsTheWindow(page);
  }
  await main.getByRole('tab', { name: 'Supplies' }).click();
  expect(await main.getByRole('button').allInnerTexts()).toEqual([
    'Copy summary',
    'Close case…',
    ...supplies,
  ]);
  await expect(main.getByText('For administrators')).toBeHidden();
  await fitsTheWindow(page);
  await main.getByRole('button', { name: 'Close case…' }).click();
  await main.getByRole('button', { name: 'Keep it open' }).click();
  await main.getByRole('button', { name: 'Close case…' }).click();
  await main.getByRole('button', { name: 'Close case', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Find a customer' })).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('button', { name: 'Priya Nair' })).toBeHidden();
});

async function priya(page: Page, query = 'desk=in'): Promise<void> {
  await desk(page, query);
  await page.getByRole('navigation').getByRole('button', { name: 'Priya Nair' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Priya Nair' })).toBeVisible();
}

test('a supply is seen with its chart, its ledger and its three figures', async ({ page }) => {
  await priya(page);
  const main = page.getByRole('main');
  const row = main.getByRole('row').filter({ hasText: 'Liquid detergent' });
  await expect(row).toContainText('680 ml');
  await expect(row).toContainText('stated 09:58');
  await expect(row).toContainText('about Thu 3 Dec');
  await row.getByRole('button', { name: 'Liquid detergent' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Liquid detergent' })).toBeVisible();
  await expect(
    page.getByText('Everything you open here is recorded, and Priya Nair can see it.'),
  ).toBeVisible();
  await expect(main.getByText('The customer reads: “Runs out about Thu 3 Dec.')).toBeVisible();
  await expect(main.getByRole('application')).toBeVisible();
  await expect(main.getByRole('region', { name: 'Amazon believes' })).toContainText('Its own count');
  await expect(main.getByText('What the maker’s cloud can’t know')).toBeVisible();
  const ledger = main.getByRole('table', { name: 'Ledger' });
  await expect(ledger).toContainText('Bought 1.5 l');
  await expect(ledger).not.toContainText('You');
  await ledger.getByRole('button', { name: '10 washes' }).click();
  expect(await ledger.getByRole('button').allInnerTexts()).toEqual(['10 washes', '9 washes']);
  expect(
    await main.locator('input:not([type="radio"]), select, textarea, [contenteditable], a').count(),
  ).toBe(0);
  await fitsTheWindow(page);
  await main.getByRole('button', { name: 'Back to Priya Nair' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Priya Nair' })).toBeVisible();
  await expect(main.getByText('Looked at the devices, the ledger')).toBeHidden();
});

test('messages and notifications come page by page, each opens to what it said', async ({ page }) => {
  await priya(page);
  const main = page.getByRole('main');
  await main.getByRole('tab', { name: 'Reports' }).click();
  const panel = main.getByRole('tabpanel');
  await expect(panel.getByRole('listitem')).toHaveCount(5);
  await panel.getByRole('button', { name: 'Show more' }).click();
  expect(await panel.getByRole('listitem').count()).toBeGreaterThan(5);
  await panel.getByRole('button').filter({ hasText: 'Level 2%' }).click();
  await expect(panel.getByText('token hidden')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Send again' })).toBeHidden();
  await panel.getByRole('button', { name: 'Back to the list' }).click();
  await main.getByRole('tab', { name: 'Notifications' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(25);
  const odd = panel.getByRole('button').filter({ hasText: 'unknown kind' });
  await odd.click();
  await expect(panel.getByText('"shippingAddress": "•••"')).toBeVisible();
  await expect(odd).toHaveAttribute('aria-expanded', 'true');
  await panel.getByRole('button', { name: 'Show more' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(31);
});

test('an administrator does what the customer asked for, with a case and a reason', async ({ page }) => {
  await priya(page, 'desk=admin');
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: 'For administrators' })).toBeVisible();
  const away = main.getByRole('region', { name: 'For administrators' });
  await away.locator('.deed').filter({ hasText: 'Robot vacuum' }).getByRole('button').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Take Robot vacuum away for good?');
  await expect(dialog).toContainText('This can’t be undone.');
  const yes = dialog.getByRole('button', { name: 'Take device away' });
  await expect(yes).toBeDisabled();
  await dialog.getByLabel('Reason').fill('The customer sold it');
  await dialog.getByLabel('Serial number').fill('r3-0000');
  await yes.click();
  await expect(dialog.getByText('This is not the serial number of that device.')).toBeVisible();
  await dialog.getByLabel('Serial number').fill('r3-8842');
  await yes.click();
  await expect(dialog.getByText('The device is taken away.')).toBeVisible();
  await expect(dialog.getByText('It is in the audit log')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(main.getByRole('heading', { name: 'Robot vacuum' })).toBeHidden();
  await expect(main.getByText('Took a device away')).toBeVisible();

  await away.getByRole('button', { name: 'Cancel test orders…' }).click();
  await dialog.getByLabel('Reason').fill('The test is over');
  await dialog.getByRole('button', { name: 'Cancel test orders' }).click();
  await expect(dialog.getByText('Amazon does not answer now.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await main.getByRole('tab', { name: 'Reports' }).click();
  await main.getByRole('button', { name: 'Show more' }).click();
  await main.getByRole('listitem').getByRole('button').filter({ hasText: 'Parked' }).first().click();
  await main.getByRole('button', { name: 'Send again…' }).click();
  await dialog.getByLabel('Reason').fill('Amazon mended it');
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByText('The report waits to be sent.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(main.getByText('Sent a report again')).toBeVisible();
});

test('an administrator breaks the glass; staff has no such button', async ({ page }) => {
  for (const who of ['in', 'admin']) {
    await desk(page, `desk=${who}`);
    await page.getByLabel('Case number').fill('LEG-1');
    await page.getByLabel('Reason').fill('The device may overheat');
    await page.getByLabel('Mail address', { exact: true }).last().fill('priya');
    const one = page.getByRole('main').getByRole('listitem').filter({ hasText: 'p•••@a•••.com' }).first();
    await expect(one.getByRole('button', { name: 'Send a request' })).toBeVisible();
    const rest = one.getByRole('button', { name: 'More for p•••@a•••.com' });
    if (who === 'in') {
      await expect(rest).toBeHidden();
      continue;
    }
    await rest.click();
    await page.getByRole('menuitem', { name: 'Break the glass…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('The customer is told at once');
    await dialog.getByText('The law demands it').click();
    await expect(dialog.getByLabel('Case number')).toHaveValue('LEG-1');
    await dialog.getByLabel('Reason').fill('A court asked for it');
    await dialog.getByRole('button', { name: 'Break the glass' }).click();
    await expect(dialog.getByText('You have access for a day.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(one.getByRole('button', { name: 'Open' })).toBeVisible();
  }
});

for (const [width, height, query] of [
  [1180, 780, 'theme=dark&desk=in'],
  [760, 520, 'desk=in'],
  [1180, 780, 'desk=admin&text=200'],
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
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await fitsTheWindow(page);
    }
    await page.getByRole('tab').first().click();
    await page.getByRole('rowheader').getByRole('button').nth(1).click();
    await expect(page.getByRole('application')).toBeVisible();
    await fitsTheWindow(page);
  });
