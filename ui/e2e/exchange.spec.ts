// A dossier beside the one the maker's cloud keeps, for administrators who are signed in at the desk.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

async function open(page: Page, query: string): Promise<void> {
  await start(page, `models=yes&desk=admin&${query}`);
  await page.getByRole('button', { name: 'My home' }).click();
  await page.getByRole('menuitem', { name: 'Registration' }).click();
  await page
    .getByRole('main')
    .getByRole('button', { name: /InkWell 640/ })
    .click();
  await page.getByRole('button', { name: 'Compare with the cloud…' }).click();
}

test('an administrator finds the place without the Developer switch, staff do not', async ({ page }) => {
  await start(page, 'desk=admin');
  await page.getByRole('button', { name: 'My home' }).click();
  await expect(page.getByRole('menuitem', { name: 'Registration' })).toBeVisible();
  await start(page, 'desk=in');
  await page.getByRole('button', { name: 'My home' }).click();
  await expect(page.getByRole('menuitem', { name: 'Support desk' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Registration' })).toBeHidden();
});

test('where both changed, both are shown and one is chosen', async ({ page }) => {
  await open(page, '');
  const section = page.getByRole('region', { name: 'At the maker’s cloud' });
  await expect(section.getByLabel('Model in the cloud’s catalogue')).toHaveValue('InkWell-640');
  await expect(section.getByRole('status')).toContainText('Both changed since they last agreed.');
  await expect(section.getByRole('row', { name: 'Manufacturer Larkfield Larkfield Home' })).toBeVisible();
  await fitsTheWindow(page);
  await section.getByRole('button', { name: 'Replace mine' }).click();
  await expect(section.getByRole('status')).toContainText('have the same.');
  await expect(section.getByRole('button', { name: 'Replace the cloud’s' })).toBeHidden();
});

test('a refusal says why, and nothing is lost', async ({ page }) => {
  await open(page, 'registered=refused');
  const section = page.getByRole('region', { name: 'At the maker’s cloud' });
  await section.getByRole('button', { name: 'Replace the cloud’s' }).click();
  await expect(section.getByRole('alert')).toContainText('no slot of this instance. Nothing changed');
  await expect(section.getByRole('status')).toContainText('Both changed since they last agreed.');
});

test('without an administrator there is nothing of it; a folder is written all the same', async ({
  page,
}) => {
  await start(page, 'models=yes');
  await page.getByRole('button', { name: 'My home' }).click();
  await page.getByRole('menuitem', { name: 'Registration' }).click();
  await page
    .getByRole('main')
    .getByRole('button', { name: /InkWell 640/ })
    .click();
  await expect(page.getByRole('button', { name: 'Compare with the cloud…' })).toBeHidden();
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Folder with everything…' }).click();
  await expect(page.getByText('4 files written.')).toBeAttached();
});

for (const [width, height, query] of [
  [1180, 780, 'theme=dark'],
  [760, 520, ''],
  [760, 520, 'text=200&lang=de&locale=de-DE'],
] as const)
  test(`it fits: ${width} × ${height}, ${query}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`/?${query.includes('theme') ? '' : 'theme=light&'}models=yes&desk=admin&${query}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.locator('.switch').click();
    await page.getByRole('menuitem', { name: /^(Registration|Anmeldung)$/ }).click();
    await page
      .getByRole('main')
      .getByRole('button', { name: /InkWell 640/ })
      .click();
    await page.getByRole('button', { name: /^(Compare with|Mit der Cloud)/ }).click();
    await expect(page.getByRole('main').getByRole('status').first()).toBeVisible();
    // The table of names scrolls by itself; the other steps don't.
    await page.getByRole('tab').nth(1).click();
    await fitsTheWindow(page);
  });
