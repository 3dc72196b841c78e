import { expect, test } from './test';
import { fitsTheWindow, openSupply, row, start } from './places';

test('the page of a supply says when it ends, what can be done, what happened, and what is known', async ({
  page,
}) => {
  await openSupply(page, 'Liquid detergent');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - navigation "Way back":
        - button "Supplies"
        - button "Previous supply"
        - button "Next supply"
      - img "Liquid detergent, 680 ml of 1.5 l"
      - paragraph: Liquid detergent · Washing machine
      - heading "Runs out about Thu 3 Dec" [level=1]
      - paragraph: Between 30 Nov and 8 Dec. 680 ml left; you use 57 ml a day, so order by Thu 26 Nov to have 7 days in hand.
      - button "I bought more"
      - button "Correct…"
      - button "More"
      - region "Chart":
        - radiogroup "Range":
          - radio "Month"
          - radio "3 months" [checked]
          - radio "Year"
        - button "Table"
        - list "Legend":
          - listitem: Bought
          - listitem: Corrected
          - listitem: Forecast
        - application "Liquid detergent, Chart"
      - heading "Ledger" [level=2]
      - table "Ledger":
        - rowgroup:
          - row "When What Change Left Undo or amend"
        - rowgroup:
          - row "9 Nov to 20 Nov 10 washes −570 ml 680 ml"
          - row /Sun 8 Nov You corrected the amount Spilled some −60 ml 1.25 l/
          - row "29 Oct to 7 Nov 9 washes −513 ml 1.31 l"
          - row /Sat 24 Oct You bought 1.5 l at Corner shop, £8.50 \\+1.5 l 1.82 l/:
            - cell
            - cell
            - cell
            - cell
            - cell:
              - button /Amend/
              - button /Undo/
          - row "Fri 23 Oct Used 120 ml more than there was 323 ml"
          - row /Sat 12 Sep You bought 1.5 l, undone/
      - heading "About this supply" [level=2]
      - term: On the shelf
      - definition: None spare
      - term: Uses
      - definition: 57 ml a day counted over the last 9 weeks
      - term: Past dates
      - definition: Off by 3 days on average The last six dates; 14 of 18 fell between earliest and latest.
  `);
});

test('a printer’s supply puts replacing first and says why it is low', async ({ page }) => {
  await openSupply(page, 'Cyan ink');
  await expect(
    page.getByRole('main').getByText('Low since Thu 19 Nov: three readings at or below 10%.'),
  ).toBeVisible();
  const buttons = page
    .getByRole('main')
    .getByRole('button', { name: /^(I replaced it|I bought more|Correct…)$/ });
  await expect(buttons).toHaveText(['I replaced it', 'I bought more', 'Correct…']);
  await expect(page.getByText('Answers at 192.168.1.24')).toBeVisible();
  await expect(page.getByText('set by the printer')).toBeVisible();
});

test('by keys alone: step to the neighbours, back to the row', async ({ page }) => {
  await start(page);
  const first = row(page, 'Cyan ink');
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Cyan ink · Study printer')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText(/^Filter · Robot vacuum/)).toBeVisible();
  await expect(page.getByRole('main')).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: /^Filter: / })).toBeAttached();
  await page.keyboard.press('k');
  await expect(page.getByText('Cyan ink · Study printer')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two supplies need you');
});

test('the chart is stepped through by keys, spoken once, and shown as a table', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  const chart = page.getByRole('application');
  const spoken = page.getByRole('status');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  await expect(spoken.filter({ hasText: 'Sat 21 Nov: 680 ml left' })).toBeAttached();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken.filter({ hasText: 'Sun 8 Nov: You corrected the amount' })).toBeAttached();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken.filter({ hasText: 'Sat 24 Oct: You bought 1.5 l' })).toBeAttached();
  await expect(chart.getByText('You bought 1.5 l')).toBeVisible();
  await page.keyboard.press('End');
  await expect(spoken.filter({ hasText: /Dec: / })).toBeAttached();
  // The first Esc puts the readout away, the page stays.
  await page.keyboard.press('Escape');
  await expect(chart.getByText('You bought 1.5 l')).toBeHidden();
  await page.keyboard.press('t');
  const table = page.getByRole('table', { name: 'Liquid detergent, Chart' });
  await expect(
    table.getByRole('row').filter({ hasText: 'Sat 24 Oct' }).filter({ hasText: 'You bought 1.5 l' }),
  ).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByRole('application')).toBeVisible();
});

test('pointing at the chart shows the nearest reading beside the crosshair, inside the picture', async ({
  page,
}) => {
  await openSupply(page, 'Liquid detergent');
  const chart = page.getByRole('application');
  const frame = (await chart.boundingBox())!;
  for (const share of [0.06, 0.5, 0.99]) {
    await page.mouse.move(frame.x + frame.width * share, frame.y + frame.height / 2);
    const box = (await chart.getByText(/left$/).first().boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(frame.x);
    expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
  }
  await page.mouse.move(2, 2);
  await expect(chart.getByText(/left$/)).toHaveCount(0);
});

test('M, 3 and Y choose the range, and it is kept for the next supply', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('y');
  await expect(page.getByRole('radio', { name: 'Year' })).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/Liquid detergent ·/)).toBeHidden();
  await expect(page.getByRole('radio', { name: 'Year' })).toBeChecked();
  await page.keyboard.press('m');
  await expect(page.getByRole('radio', { name: 'Month', exact: true })).toBeChecked();
  await page.keyboard.press('3');
  await expect(page.getByRole('radio', { name: '3 months' })).toBeChecked();
});

test('an own entry is undone and redone from the ledger for good', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  const bought = page.getByRole('row').filter({ hasText: 'Sat 24 Oct' });
  await bought.getByRole('button', { name: /^Undo/ }).click();
  await expect(bought).toContainText('You bought 1.5 l at Corner shop, £8.50, undone');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Runs out about Thu 3 Dec');
  await bought.getByRole('button', { name: /^Redo/ }).click();
  await expect(bought).not.toContainText('undone');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Runs out about Thu 3 Dec');
});

test('a run of uses opens into its single ones and folds again', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  const run = page.getByRole('button', { name: '10 washes' });
  await run.focus();
  await page.keyboard.press('Enter');
  await expect(run).toHaveAttribute('aria-expanded', 'true');
  await expect(
    page.getByRole('row').filter({ has: page.getByRole('cell', { name: 'Wash', exact: true }) }),
  ).toHaveCount(10);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('cell', { name: 'Wash', exact: true })).toHaveCount(0);
});

test('amending opens the entry filled in and puts the new one in its place', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page
    .getByRole('row')
    .filter({ hasText: 'Sat 24 Oct' })
    .getByRole('button', { name: /^Amend/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Entry of Sat 24 Oct');
  await expect(dialog.getByLabel('Bottles')).toHaveValue('1');
  await expect(dialog.getByLabel('Price')).toHaveValue('8.5');
  await expect(dialog.getByLabel('Shop')).toHaveValue('Corner shop');
  await expect(dialog.getByLabel('Day')).toHaveValue('2026-10-24');
  await dialog.getByLabel('Bottles').fill('2');
  await dialog.getByRole('button', { name: 'Change to 3 l' }).click();
  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole('row').filter({ hasText: 'You bought 2 × 1.5 l at Corner shop, £8.50' }),
  ).toContainText('changed by you');
  await expect(
    page.getByRole('row').filter({ hasText: 'You bought 1.5 l at Corner shop, £8.50' }),
  ).toContainText('undone');
});

test('the low mark is changed in place, and refused at the field', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.getByRole('button', { name: 'Change the low mark' }).click();
  const field = page.getByRole('textbox', { name: 'Low mark' });
  await expect(field).toBeFocused();
  await field.fill('-3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('Enter an amount above 0.');
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Change the low mark' })).toBeFocused();
  await page.keyboard.press('Enter');
  await field.fill('500');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('definition').filter({ hasText: '500 ml' })).toBeVisible();
});

test('the menu holds everything with its key', async ({ page }) => {
  await openSupply(page, 'Cyan ink');
  await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
  await expect(page.getByRole('menu')).toMatchAriaSnapshot(`
    - menu "More":
      - menuitem "I replaced it"
      - menuitem "I bought more"
      - menuitem "Correct…"
      - separator
      - menuitem "Show the chart as a table"
      - menuitem "Save the chart as PNG…"
      - menuitem "Save the chart as SVG…"
      - menuitem "Print…"
      - separator
      - menuitem "Copy as text"
      - menuitem "Mute until replaced"
  `);
});

test('a rise of the level asks what happened', async ({ page }) => {
  await openSupply(page, 'High-yield cyan', 'state=long-names');
  await page.getByRole('main').getByRole('button', { name: 'What happened?' }).click();
  await expect(page.getByRole('dialog').getByRole('radio').first()).toBeChecked();
  await expect(page.getByRole('dialog').getByRole('radio').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('main').getByRole('button', { name: 'What happened?' })).toBeHidden();
});

for (const [name, width, height, text] of [
  ['a small window', 760, 520, 100],
  ['text at 200 percent', 1180, 780, 200],
  ['both', 760, 520, 200],
] as const) {
  test(`nothing is cut in ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openSupply(page, 'High-yield cyan', `state=long-names&text=${text}`);
    await fitsTheWindow(page);
    await openSupply(page, 'Liquid detergent', `text=${text}`);
    await expect(page.getByRole('application')).toBeVisible();
    await fitsTheWindow(page);
  });
}

test('on paper: the supply alone, without anything to press', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Ledger' })).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('button')).toHaveCount(0);
});

test('German fits as well', async ({ page }) => {
  await page.setViewportSize({ width: 760, height: 520 });
  await start(page, 'lang=de&locale=de-DE');
  await row(page, 'Liquid detergent').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('3. Dez.');
  await fitsTheWindow(page);
});
