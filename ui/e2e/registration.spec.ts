// Registration: device models for the Dash console, from the first to the locked ID, in the fake household.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

async function registration(page: Page, query: string): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
}

async function inkwell(page: Page, query = 'models=yes'): Promise<void> {
  await registration(page, query);
  await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
  await expect(heading(page)).toHaveText('4 things are open for Larkfield InkWell 640');
}

const checklist = (page: Page) => page.getByRole('complementary', { name: 'Before you submit' });

test('nobody sees it who has no models, and the first one is begun from the settings', async ({ page }) => {
  await start(page, '');
  await page.getByRole('button', { name: 'Priya’s home' }).or(page.getByTitle('My home')).first().click();
  await expect(page.getByRole('menuitem', { name: 'Registration' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('No device model yet')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'New model' }).click();
  await expect(heading(page)).toContainText('missing for the new model');
  await page.getByRole('textbox', { name: 'Device name' }).fill('Espresso E3');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toContainText('Espresso E3');
});

test('what is missing leads to its place, and goes when it is filled in', async ({ page }) => {
  await inkwell(page);
  await fitsTheWindow(page);
  await checklist(page)
    .getByRole('button', { name: /Category is missing/ })
    .click();
  await expect(page.getByRole('tab', { name: '2 Slots' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('textbox', { name: 'Consumable category' }).last().fill('Printer ink');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('3 things are open for Larkfield InkWell 640');
  await page.getByRole('tab', { name: '1 Device and names' }).click();
  const cell = page.getByRole('textbox', { name: 'SLOT 04, ja-JP' });
  await expect(cell).toHaveAttribute('placeholder', 'Missing');
  await cell.fill('イエローインク');
  await page.keyboard.press('Tab');
  await expect(heading(page)).toHaveText('2 things are open for Larkfield InkWell 640');
  await page.getByRole('combobox', { name: 'Marketplaces' }).selectOption('Germany');
  await expect(checklist(page).getByText('SLOT 03, ja-JP')).toHaveCount(0);
});

test('limits are counted while one types, and told at the field', async ({ page }) => {
  await inkwell(page);
  const name = page.getByRole('textbox', { name: 'Device name' });
  await name.fill('x'.repeat(61));
  await expect(page.getByText('61 of 60')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(name).toHaveValue('Larkfield InkWell 640');
  await name.fill('x'.repeat(61));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: '61 characters, at most 60' })).toBeVisible();
  await expect(name).toHaveValue('x'.repeat(61));
});

test('a slot that is removed comes back whole', async ({ page }) => {
  await inkwell(page);
  await page.getByRole('tab', { name: '2 Slots' }).click();
  const instance = page.getByRole('textbox', { name: 'Capability instance' });
  const before = await instance.count();
  const second = await instance.nth(1).inputValue();
  await page.getByRole('button', { name: 'Remove slot SLOT 02' }).click();
  await expect(instance).toHaveCount(before - 1);
  await expect(page.getByText('Removed SLOT 02.').first()).toBeVisible();
  // What is edited meanwhile stays, and it comes back although another model is open.
  await page.getByRole('textbox', { name: 'Consumable category' }).first().fill('Toner');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').getByTitle('Device models').click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
  await page.getByRole('tab', { name: '2 Slots' }).click();
  await expect(instance).toHaveCount(before);
  await expect(instance.nth(1)).toHaveValue(second);
  await expect(page.getByRole('textbox', { name: 'Consumable category' }).first()).toHaveValue('Toner');
  await page.getByRole('tab', { name: '1 Device and names' }).click();
  await expect(page.getByRole('textbox', { name: 'SLOT 02, de-DE' })).not.toHaveValue('');
});

test('three questions decide the sensor', async ({ page }) => {
  await registration(page, '');
  await page.getByRole('button', { name: 'New model' }).click();
  await page.getByRole('tab', { name: '3 Replenishment IDs' }).click();
  const answer = (question: RegExp, yes: boolean) =>
    page
      .getByRole('radiogroup', { name: question })
      .getByText(yes ? 'Yes' : 'No', { exact: true })
      .click();
  await answer(/measure what is left/, false);
  await answer(/how much each use takes/, false);
  await answer(/how long the part has run/, true);
  await expect(page.getByText('Level usage sensor')).toBeVisible();
  await answer(/how much each use takes/, true);
  await expect(page.getByText('Usage sensor', { exact: true })).toBeVisible();
  await expect(page.getByRole('radiogroup', { name: /how long the part has run/ })).toHaveCount(0);
  await fitsTheWindow(page);
});

test('fields are copied one after another, by button or key', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await inkwell(page);
  await page.getByRole('button', { name: 'Copy next field' }).click();
  await expect(page.getByRole('main').getByText('Copied: Kind')).toBeVisible();
  await page.keyboard.press('Control+Shift+C');
  await expect(page.getByRole('main').getByText('Copied: Device name')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Larkfield InkWell 640');
});

test('what is assigned stands', async ({ page }) => {
  await registration(page, 'models=yes');
  await page.getByRole('main').getByRole('button', { name: 'Larkfield Espresso E2' }).click();
  await expect(page.getByRole('textbox', { name: 'Device name' })).toHaveAttribute('readonly');
  await page.getByRole('tab', { name: '3 Replenishment IDs' }).click();
  await expect(page.getByText('Stays with this slot.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Replenishment ID' })).toHaveAttribute('readonly');
  await page.getByRole('tab', { name: '4 Test accounts' }).click();
  await expect(page.getByText('Certified on')).toBeVisible();
  await fitsTheWindow(page);
});

test('the preview says what is not in it yet', async ({ page }) => {
  await registration(page, '');
  await page.getByRole('button', { name: 'New model' }).click();
  await page.getByRole('tab', { name: 'Preview' }).click();
  await expect(page.getByText('Not in it yet: SLOT 01')).toBeVisible();
  await fitsTheWindow(page);
});

test('a picture that is none is told, and what is there stays', async ({ page }) => {
  await inkwell(page, 'models=yes&image=refused');
  await page.getByRole('button', { name: 'Choose…' }).click();
  await expect(page.getByText('This file can’t be taken')).toBeVisible();
  await expect(page.getByText('inkwell-640.png')).toBeVisible();
});

test('a model comes from a message, and goes only when it is confirmed', async ({ page }) => {
  await registration(page, 'models=files');
  await expect(page.getByRole('main').getByText('This is no dossier')).toBeVisible();
  await page.getByRole('button', { name: 'Import…' }).click();
  await expect(page.getByText('The message can’t say: the name in the console; the image.')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
  await page.getByRole('button', { name: 'Export dossier…' }).click();
  await fitsTheWindow(page);
  await page.getByRole('menuitem', { name: 'Remove this model…' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(heading(page)).toContainText('Larkfield InkWell 640');
  await page.getByRole('button', { name: 'Export dossier…' }).click();
  await page.getByRole('menuitem', { name: 'Remove this model…' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(heading(page)).toHaveText('Device models');
  await expect(page.getByText('Larkfield InkWell 640')).toHaveCount(0);
});

test('the switcher leads here and home again', async ({ page }) => {
  await start(page, 'models=yes');
  await page.getByRole('navigation').getByRole('button').first().click();
  await page.getByRole('menuitem', { name: 'Registration' }).click();
  await expect(heading(page)).toHaveText('Device models');
  await page.getByRole('navigation').getByTitle('Larkfield InkWell 640').click();
  await expect(heading(page)).toContainText('Larkfield InkWell 640');
  await page.getByRole('navigation').getByTitle('Registration').click();
  await page.getByRole('menuitem', { name: /home/i }).click();
  await expect(heading(page)).toContainText('need you');
});

for (const [theme, width, height, query] of [
  ['light', 760, 520, ''],
  ['dark', 1180, 780, '&lang=de&locale=de-DE'],
  ['dark', 760, 520, '&text=200&lang=de&locale=de-DE'],
  ['light', 480, 640, ''],
] as const) {
  test(`every step fits: ${theme}, ${width} × ${height}, ${query}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`/?models=files&theme=${theme}${query}`);
    await expect(heading(page)).toBeVisible();
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: /^(Open|Öffnen)$/ }).click();
    await expect(page.getByText('/home/priya/.local/share/refill/models')).toBeVisible();
    await fitsTheWindow(page);
    await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
    const tabs = page.getByRole('tab');
    for (let at = 0; at < 5; at += 1) {
      await tabs.nth(at).click();
      await expect(tabs.nth(at)).toHaveAttribute('aria-selected', 'true');
      if (at > 0) await fitsTheWindow(page);
    }
  });
}
