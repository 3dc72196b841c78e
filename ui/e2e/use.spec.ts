import { expect, test, type Page } from './test';
import { fits } from './audit';
import { fitsTheWindow, start } from './places';

async function openUse(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+5');
  await expect(page.getByRole('button', { name: 'Use', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  );
}

test('use over time says what it cost, shows a supply as bars and all of them as a table', async ({
  page,
}) => {
  await openUse(page);
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(/^You used up £\d+\.\d\d in 12 weeks$/);
  await expect(main.getByText('As far as prices are known')).toBeVisible();
  await expect(main.getByRole('combobox', { name: 'Supply' })).toBeVisible();
  await expect(main.getByRole('application')).toBeVisible();
  await expect(main.locator('.c-bar')).not.toHaveCount(0);
  await expect(main.locator('.c-bar-part')).toHaveCount(2);
  const table = main.getByRole('table', { name: 'All supplies' });
  // Four devices and nine supplies.
  await expect(table.getByRole('rowheader')).toHaveCount(13);
  const pods = table.getByRole('row', { name: /^Coffee pods/ });
  await expect(pods).toContainText('so far');
  await fitsTheWindow(page);
});

test('a supply is chosen by its name, weeks and months by their key', async ({ page }) => {
  await openUse(page);
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Liquid detergent' }).press('Enter');
  await expect(main.getByRole('application', { name: /Liquid detergent/ })).toBeVisible();
  await expect(main.getByRole('button', { name: 'Liquid detergent' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(main.getByText(/a week on average, from 10 whole weeks/)).toBeVisible();
  await page.keyboard.press('m');
  await expect(main.getByRole('radio', { name: 'Month' })).toBeChecked();
  await expect(main.getByRole('columnheader', { name: 'Last month' })).toBeVisible();
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(/in 12 months$/);
  // What is shown is kept while one is elsewhere.
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+5');
  await expect(main.getByRole('application', { name: /Liquid detergent/ })).toBeVisible();
  await page.keyboard.press('w');
  await expect(main.getByRole('radio', { name: 'Week' })).toBeChecked();
});

test('the bars are read by keyboard, and as a table', async ({ page }) => {
  await openUse(page);
  const main = page.getByRole('main');
  await main
    .getByRole('combobox', { name: 'Supply' })
    .selectOption({ label: 'Coffee pods · Espresso machine' });
  const chart = main.getByRole('application', { name: /Coffee pods/ });
  await chart.press('End');
  await expect(main.locator('.readout')).toContainText('so far');
  await chart.press('ArrowLeft');
  await expect(main.locator('.readout')).not.toContainText('so far');
  await expect(page.locator('[aria-live]')).toContainText('Nov');
  await main.getByRole('button', { name: 'Table', exact: true }).press('Enter');
  const rows = main.getByRole('region', { name: /Coffee pods/ }).getByRole('row');
  await expect(rows).toHaveCount(13);
  await expect(rows.nth(1)).toContainText('so far');
  await expect(rows.nth(12)).toContainText('4 of 7 days');
  await fitsTheWindow(page);
});

test('nothing to show, nothing known, and a household that can not be read', async ({ page }) => {
  await openUse(page, 'state=empty');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No use to show yet');
  await fitsTheWindow(page);
  await page.getByRole('main').getByRole('button', { name: 'Add a device' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await openUse(page, 'state=error');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The use could not be read');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await fitsTheWindow(page);
});

test('a slow answer shows that it is on its way', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/?theme=light&state=loading');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Loading the use' })).toBeVisible();
});

for (const [theme, width, height, query] of [
  ['light', 1180, 780, ''],
  ['dark', 1180, 780, ''],
  ['light', 760, 520, ''],
  ['dark', 760, 520, 'state=long-names'],
  ['dark', 760, 520, 'text=200&lang=de&locale=de-DE'],
  ['light', 480, 640, 'state=many'],
] as const) {
  test(`it fits: ${theme}, ${width} × ${height}, ${query}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`/?theme=${theme}&${query}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('Control+5');
    await expect(page.getByRole('application')).toBeVisible();
    await fits(page);
    await fitsTheWindow(page);
    if (process.env['REFILL_PICTURES'])
      await page.screenshot({
        path: `${process.env['REFILL_PICTURES']}/use-${theme}-${width}-${query.slice(0, 9)}.png`,
      });
  });
}
