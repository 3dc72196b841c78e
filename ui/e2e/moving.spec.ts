// Your data: out, in, backed up and restored, as a person does it.

import { expect, test, type Page } from './test';
import { audit } from './audit';
import { fitsTheWindow, start } from './places';

async function settings(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
}

async function importScreen(page: Page, query = ''): Promise<void> {
  await settings(page, query);
  await page.getByRole('button', { name: 'Import: Import…' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Import');
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test('exports and backups say what they wrote', async ({ page }) => {
  await settings(page);
  await button(page, 'Export everything: Export…').click();
  const said = page.getByRole('main');
  await expect(said.getByText(/^Exported refill-.*\.json: 1,311 entries\.$/)).toBeVisible();
  await button(page, 'Export the ledger: Export…').click();
  await expect(said.getByText(/^Exported refill-.*\.csv/)).toBeVisible();
  await button(page, 'Back up: Back up…').click();
  await expect(said.getByText(/^Backed up to refill-.*\.refill/)).toBeVisible();
  await fitsTheWindow(page);
});

test('long work shows how far it is and is stopped', async ({ page }) => {
  await settings(page, 'slow');
  await button(page, 'Back up: Back up…').click();
  await expect(page.getByRole('progressbar', { name: 'Backing up, 42%' })).toBeVisible();
  await expect(button(page, 'Restore a backup: Restore…')).toBeDisabled();
  await audit(page);
  await button(page, 'Stop').click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByText('Stopped. Nothing was changed.')).toBeVisible();
  await expect(button(page, 'Back up: Back up…')).toBeEnabled();
});

test('a backup is restored after one confirmation, with the safe button focused', async ({ page }) => {
  await settings(page);
  await button(page, 'Restore a backup: Restore…').click();
  const dialog = page.getByRole('dialog', { name: 'Restore “refill-2026-11-12.refill”?' });
  await expect(dialog).toBeVisible();
  await expect(button(page, 'Keep what is here')).toBeFocused();
  await expect(dialog.getByText(/1,204 entries, newest/)).toBeVisible();
  await fitsTheWindow(page);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Settings');
});

test('a damaged backup changes nothing', async ({ page }) => {
  await settings(page, 'file=bad');
  await button(page, 'Restore a backup: Restore…').click();
  await expect(page.getByText(/damaged/).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const [width, height] of [
  [1180, 780],
  [760, 520],
] as const) {
  test(`a table is mapped, looked at and imported at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await importScreen(page);
    await expect(page.getByText('laundry-2026.csv · table · windows-1252')).toBeVisible();
    await expect(page.getByText('whether day or month comes first')).toBeVisible();
    await expect(button(page, 'Nothing to import')).toBeDisabled();
    await fitsTheWindow(page);
    const dates = page.getByRole('combobox', { name: 'Dates with strokes' });
    await dates.focus();
    await dates.selectOption('day_first');
    await expect(page.getByRole('table', { name: 'Lines that can' })).toContainText('31/02/2026');
    await expect(dates).toBeFocused();
    await page.getByRole('combobox', { name: 'Unicorn dust: Goes to' }).selectOption('nowhere');
    await expect(
      page.getByText(/212 to add .* 4 can't be imported .* 1 new device · 1 new supply$/),
    ).toBeVisible();
    await expect(button(page, 'Import 212 rows')).toBeDisabled();
    await fitsTheWindow(page);
    await page.getByRole('checkbox', { name: 'Leave out the 4 lines' }).check();
    await button(page, 'Import 212 rows').click();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Import');
  });
}

test('changing a column asks for what is missing then', async ({ page }) => {
  await importScreen(page);
  await page.getByRole('combobox', { name: 'Menge: Says' }).selectOption('note');
  await expect(page.getByText('which column is the amount')).toBeVisible();
  await page.getByRole('combobox', { name: 'Wer: Says' }).selectOption('amount');
  await expect(page.getByText('which column is the amount')).toHaveCount(0);
});

test('an import is stopped and stays as it was', async ({ page }) => {
  await importScreen(page, 'slow');
  await page.getByRole('combobox', { name: 'Dates with strokes' }).selectOption('day_first');
  await page.getByRole('checkbox', { name: 'Leave out the 4 lines' }).check();
  await button(page, 'Import 212 rows').click();
  await expect(page.getByRole('progressbar', { name: 'Importing, 42%' })).toBeVisible();
  await button(page, 'Stop').click();
  await expect(page.getByRole('alert')).toContainText('Stopped. Nothing was changed.');
  await expect(button(page, 'Import 212 rows')).toBeEnabled();
});

test('a file that is no table says so', async ({ page }) => {
  await importScreen(page, 'file=bad');
  await expect(page.getByRole('alert')).toContainText('This file can');
  await audit(page);
});

test('the summary is a page to print', async ({ page }) => {
  await settings(page);
  await button(page, 'Summary to print: Show').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Summary');
  await expect(page.getByRole('row', { name: /Cyan ink/ })).toBeVisible();
  await fitsTheWindow(page);
  await page.emulateMedia({ media: 'print', reducedMotion: 'reduce' });
  await expect(button(page, 'Print…')).toBeHidden();
  await expect(page.getByRole('row', { name: /Cyan ink/ })).toBeVisible();
});

test('at twice the text size nothing is cut', async ({ page }) => {
  await page.setViewportSize({ width: 760, height: 520 });
  await importScreen(page, 'text=200');
  await page.getByRole('combobox', { name: 'Dates with strokes' }).selectOption('day_first');
  await expect(page.getByRole('table', { name: 'Lines that can' })).toBeVisible();
  await fitsTheWindow(page);
});
