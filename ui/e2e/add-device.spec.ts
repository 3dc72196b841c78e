import { expect, test, type Locator, type Page } from './test';
import { fitsTheWindow, start } from './places';

/** Opens the sheet from the sidebar and waits until its search ended. */
async function sheet(page: Page, query = '', ended: RegExp | string = '2 found'): Promise<Locator> {
  await start(page, query);
  await page.keyboard.press('ControlOrMeta+n');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(ended, { exact: typeof ended === 'string' })).toBeVisible();
  return dialog;
}

test('what: found printers with their inks, then kinds', async ({ page }) => {
  const dialog = await sheet(page);
  await expect(dialog.getByRole('combobox')).toBeFocused();
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog "Add a device":
      - heading "Add a device" [level=2]
      - text: 1 of 3
      - combobox "Type a kind, a model or an address" [expanded]
      - listbox "Devices":
        - group "On this network":
          - heading "On this network" [level=3]
          - option "InkWell 640 Study, 192.168.1.24 already here"
          - option "LaserDesk 200 Office, 192.168.1.31 1 toner" [selected]
        - group "Other kinds":
          - heading "Other kinds" [level=3]
          - option "Printer"
          - option "Coffee machine"
          - option "Washing machine"
          - option "Dishwasher"
          - option "Robot vacuum"
          - option "Air purifier"
          - option "Pet feeder"
          - option "Battery device"
          - option "Another device"
      - button "Cancel"
      - button "Next"
  `);
});

test('a found printer, by keys alone', async ({ page }) => {
  const dialog = await sheet(page);
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('2 of 3');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await expect(dialog.getByLabel('Name')).toHaveValue('LaserDesk 200');
  await expect(dialog.getByRole('checkbox', { name: 'Watch Black toner' })).toBeChecked();
  await page.keyboard.type('Office printer');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('3 of 3');
  await expect(dialog.getByRole('img', { name: 'Black toner, 64 percent' })).toBeVisible();
  await expect(dialog).toContainText('First forecast in about two weeks.');
  await expect(dialog.getByRole('button', { name: 'Add device' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Office printer');
  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('Office printer');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.getByRole('navigation', { name: 'Main' })).not.toContainText('Office printer');
});

test('a coffee machine by hand: typed, supplies filled in, numbers refused where they stand', async ({
  page,
}) => {
  const dialog = await sheet(page);
  await page.keyboard.type('coffee');
  await expect(dialog.getByRole('option', { selected: true })).toHaveText('Coffee machine');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: /^Coffee pods/, expanded: false }).click();
  await dialog.getByLabel('In it now').fill('many');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: 'Add device' }).click();
  // Back where it was typed, with the reason.
  await expect(dialog).toContainText('2 of 3');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('In it now').fill('40');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: 'Add device' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Coffee machine');
  await expect(page.getByRole('main')).toContainText('Coffee pods');
});

test('supplies are added and removed, and the unit follows the way of measuring', async ({ page }) => {
  const dialog = await sheet(page);
  await page.keyboard.type('another');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Name')).toHaveValue('');
  await dialog.getByLabel('Name').fill('Water softener');
  await dialog.getByRole('button', { name: 'Add a supply' }).click();
  await dialog.getByLabel('Name').last().fill('Salt');
  await dialog.getByLabel('Measured').selectOption('It knows how long it ran');
  await expect(dialog.getByLabel('Counted in').locator('option:checked')).toHaveText('h');
  await expect(dialog.getByLabel('Lasts')).toBeVisible();
  await dialog.getByLabel('Measured').selectOption('Nobody measures it, I count');
  await dialog.getByLabel('Counted in').selectOption('kg');
  await dialog.getByRole('button', { name: 'Remove Salt' }).click();
  await expect(dialog.getByLabel('Measured')).toHaveCount(0);
});

test('an address: what does not answer says what was tried and what to do', async ({ page }) => {
  const dialog = await sheet(page);
  const field = dialog.getByRole('combobox');
  for (const [address, words] of [
    ['192.168.1.99', 'Nothing answers at 192.168.1.99. Check that the printer is on and in this network.'],
    ['web.example.org', 'Something answers at web.example.org, but it is not a printer. Check the address.'],
  ] as const) {
    await field.fill(address);
    await expect(dialog.getByRole('option', { selected: true })).toContainText(`Ask ${address}`);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText(words);
    await expect(field).toBeFocused();
  }
  await dialog.getByRole('button', { name: 'Count by hand' }).click();
  await expect(dialog).toContainText('2 of 3');
});

test('a printer that reports no levels can still be counted by hand', async ({ page }) => {
  const dialog = await sheet(page);
  await page.keyboard.type('192.168.1.40');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText(
    'It answers, but reports no supply levels. You can still count by hand.',
  );
  await expect(dialog.getByLabel('Name')).toHaveValue('PlainPrint 10');
});

test('a printer that is here already is shown, not added twice', async ({ page }) => {
  const dialog = await sheet(page);
  await page.keyboard.type('inkwell');
  await expect(dialog.getByRole('option', { selected: true })).toContainText('already here');
  await dialog.getByRole('button', { name: 'Show it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Study printer');
});

test('nothing answered: says so, and what else can be done', async ({ page }) => {
  const dialog = await sheet(page, 'printers=none', /No printer answered/);
  await dialog.getByRole('button', { name: 'Enter its address' }).click();
  await expect(dialog.getByRole('combobox')).toBeFocused();
});

test('the search says how many it found so far', async ({ page }) => {
  await sheet(page, 'printers=endless', 'Searching, 2 found so far');
});

test('Back keeps what was entered; Esc asks only when something would be lost', async ({ page }) => {
  const dialog = await sheet(page);
  await page.keyboard.type('wash');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Where').fill('Cellar');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Where')).toHaveValue('Cellar');
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert')).toHaveText('Discard what you entered?');
  await expect(dialog.getByRole('button', { name: 'Keep editing' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Where')).toHaveValue('Cellar');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();
  // Nothing entered: it closes at once.
  await page.keyboard.press('ControlOrMeta+n');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

for (const [name, width, height, text] of [
  ['a small window', 760, 520, 100],
  ['text at 200 percent', 1180, 780, 200],
] as const) {
  test(`every step fits into ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const dialog = await sheet(page, `text=${text}`);
    await fitsTheWindow(page);
    await page.keyboard.type('wash');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: /^Liquid detergent/ }).click();
    await fitsTheWindow(page);
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect(dialog).toContainText('3 of 3');
    await fitsTheWindow(page);
  });
}
