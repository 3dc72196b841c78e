import { expect, test } from './test';
import { fitsTheWindow, openSupply, row, start } from './places';

test('bought more, by keys alone, from the list and back to its row', async ({ page }) => {
  await start(page);
  await row(page, 'Liquid detergent').focus();
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog', { name: 'Bought more: Liquid detergent' });
  await expect(dialog.getByLabel('Bottles')).toBeFocused();
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog /Bought more. Liquid detergent/:
      - heading /Bought more. Liquid detergent/ [level=2]
      - text: Washing machine Bottles
      - button "One less"
      - textbox "Bottles": "1"
      - button "One more"
      - text: of
      - combobox "Content of one"
      - text: When
      - combobox "When"
      - text: Price £
      - textbox "Price"
      - textbox "Shop"
      - button "Note or ASIN…"
      - status: 2.18 l, enough until about Tue 29 Dec Now 680 ml, until about Thu 3 Dec
      - text: You can undo this later.
      - button "Cancel"
      - button "Add 1.5 l"
  `);
  await page.keyboard.press('ArrowUp');
  await expect(dialog.getByLabel('Bottles')).toHaveValue('2');
  await expect(dialog.getByRole('status')).toContainText('3.68 l, enough until');
  await expect(dialog.getByRole('button', { name: 'Add 3 l' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(row(page, 'Liquid detergent')).toBeFocused();
  await expect(row(page, 'Liquid detergent')).toContainText('3.68 l');
  await expect(page.getByRole('group', { name: 'Undo what was just done' })).toContainText('Added 3 l.');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(row(page, 'Liquid detergent')).toContainText('680 ml');
});

test('Esc leaves everything as it was', async ({ page }) => {
  await start(page);
  await row(page, 'Liquid detergent').focus();
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type('5');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(row(page, 'Liquid detergent')).toBeFocused();
  await expect(row(page, 'Liquid detergent')).toContainText('680 ml');
});

for (const [typed, words] of [
  ['0', 'Enter an amount above 0.'],
  ['-2', 'Enter an amount above 0.'],
  ['NaN', 'Enter a number, such as 2.'],
  ['', 'Enter a number, such as 2.'],
  ['1.5', 'Enter a whole number.'],
  ['1000000000000', 'That is more than Refill can count. Check the number and its unit.'],
] as const) {
  test(`packs of “${typed}” are refused at the field`, async ({ page }) => {
    await openSupply(page, 'Liquid detergent');
    await page.keyboard.press('b');
    const dialog = page.getByRole('dialog');
    const packs = dialog.getByLabel('Bottles');
    await packs.fill(typed);
    await expect(dialog.getByRole('alert')).toHaveText(words);
    await expect(packs).toHaveAttribute('aria-invalid', 'true');
    // Pressing it all the same records nothing and brings the person to the field.
    await dialog.getByLabel('Shop').focus();
    await page.keyboard.press('Enter');
    await expect(packs).toBeFocused();
    await expect(dialog).toBeVisible();
    await packs.fill('1');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
    await expect(dialog.getByRole('button', { name: 'Add 1.5 l' })).toBeVisible();
  });
}

test('another size is typed with its unit', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Content of one').selectOption('Another size…');
  const content = dialog.getByLabel('One holds');
  await expect(content).toBeFocused();
  await expect(dialog.getByRole('alert')).toHaveText('Enter a number, such as 1.5.');
  await content.fill('3');
  await dialog.getByLabel('Unit').selectOption('l');
  await expect(dialog.getByRole('button', { name: 'Add 3 l' })).toBeVisible();
});

test('a day of the future is refused, a day of the past is kept', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('When').selectOption('Another day…');
  await dialog.getByLabel('Day').fill('2027-01-02');
  await expect(dialog.getByRole('alert')).toHaveText('Choose today or an earlier day.');
  await dialog.getByLabel('Day').fill('2026-11-15');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Add 1.5 l' }).click();
  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole('row').filter({ hasText: 'You bought 1.5 l' }).filter({ hasText: 'Sun 15 Nov' }),
  ).toBeVisible();
});

test('pressing twice records once', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('b');
  await expect(page.getByRole('button', { name: 'Add 1.5 l' })).toBeVisible();
  await page.getByRole('button', { name: 'Add 1.5 l' }).dblclick();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Runs out about Tue 29 Dec');
  await expect(
    page.getByRole('row').filter({ hasText: 'Today' }).filter({ hasText: 'You bought 1.5 l' }),
  ).toHaveCount(1);
});

test('correcting says what is different before it is saved', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Corrected: Liquid detergent' });
  const level = dialog.getByLabel('In use');
  await expect(level).toBeFocused();
  await expect(level).toHaveValue('680');
  await expect(dialog).toContainText('expected 680 ml');
  await page.keyboard.type('620');
  await expect(dialog.getByRole('status')).toContainText('60 ml less. Runs out about Wed 2 Dec');
  await expect(dialog.getByRole('status')).toContainText('The difference is kept, and not counted as use.');
  await dialog.getByLabel('Why').selectOption('Counted again');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Correct to 620 ml' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('main')).toContainText('620 ml left');
  await expect(page.getByRole('row').filter({ hasText: 'You corrected the amount' }).first()).toContainText(
    'Counted again',
  );
});

test('the shelf is counted in bottles', async ({ page }) => {
  await openSupply(page, 'Liquid detergent');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('On the shelf').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(dialog.getByLabel('On the shelf')).toHaveValue('2');
  await expect(dialog).toContainText('of 1.5 l each');
  await expect(dialog.getByRole('status')).toContainText('3 l more');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('definition').filter({ hasText: '2 × 1.5 l' })).toBeVisible();
});

test('replacing takes the spare, and the level follows', async ({ page }) => {
  await openSupply(page, 'Cyan ink');
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: 'Replaced: Cyan ink' });
  await expect(dialog.getByRole('radio', { name: 'the spare on the shelf' })).toBeChecked();
  await expect(dialog.getByRole('radio', { name: 'the spare on the shelf' })).toBeFocused();
  await expect(dialog.getByRole('status')).toContainText('Full, enough until');
  await expect(dialog.getByRole('status')).toContainText(
    'No spare left. When the device reports a level, its reading counts.',
  );
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('img', { name: /^Cyan ink, 100 percent/ })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Undo what was just done' })).toContainText(
    'Replaced Cyan ink.',
  );
});

for (const [name, width, height, text] of [
  ['a small window', 760, 520, 100],
  ['text at 200 percent', 1180, 780, 200],
] as const) {
  test(`every dialog fits into ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openSupply(page, 'Liquid detergent', `text=${text}`);
    for (const key of ['b', 'c']) {
      await page.keyboard.press(key);
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByRole('status')).toBeVisible();
      await fitsTheWindow(page);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await expect(dialog).toBeHidden();
    }
  });
}
