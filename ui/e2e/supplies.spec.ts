import { expect, test } from './test';
import { audit, fits } from './audit';

const focused = 'a[tabindex="0"]:focus';

test('reads as one sentence, then sections of supplies', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Two supplies need you" [level=1]
      - paragraph: Cyan ink is almost empty and you have a spare. Order Filter for Robot vacuum by Wednesday.
      - radiogroup "Group by":
        - radio "Urgency" [checked]
        - radio "Device"
      - searchbox "Find a supply"
      - region "Needs you":
        - heading "Needs you" [level=2]
        - list:
          - listitem:
            - link /Cyan ink, 2 percent, below the low mark Study printer Replace now 1 cartridge on the shelf/
            - 'button "I replaced it: Cyan ink"'
            - button "More for Cyan ink"
          - listitem:
            - link /Filter, 8 percent of its life left, below the low mark, no reading for 3 days Robot vacuum, silent 3 days Order by Wed.25.Nov Worn out about Wed.2.Dec/
            - 'button "I bought more: Filter"'
            - button "More for Filter"
      - region "Within six weeks"
      - region "Later"
      - region "Not known yet"
  `);
  await expect(page.getByRole('navigation', { name: 'Main' })).toMatchAriaSnapshot(`
    - navigation "Main":
      - button "My home"
      - list:
        - listitem:
          - button "Supplies 2 need you"
      - heading "Devices" [level=2]
      - list:
        - listitem:
          - button "Study printer"
        - listitem:
          - button "Espresso machine"
        - listitem:
          - button "Washing machine"
        - listitem:
          - button "Robot vacuum silent 3 days"
        - listitem:
          - button "Add device…"
      - button "Not linked Kept on this computer"
      - button "Settings"
  `);
  await audit(page);
});

test('is one tab stop that arrows move in', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator(focused)).toContainText('Cyan ink');
  await page.keyboard.press('j');
  await expect(page.locator(focused)).toContainText('Filter');
  await page.keyboard.press('End');
  await expect(page.locator(focused)).toContainText('Descaling tablets');
  await page.keyboard.press('Home');
  await expect(page.locator(focused)).toContainText('Cyan ink');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'I replaced it: Cyan ink' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: /^Filter/ })).not.toBeFocused();
});

test('replaces with the keyboard alone, and undoes', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await audit(page);
  await dialog.getByRole('button', { name: /^Replace/ }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One supply needs you');
  await expect(page.getByRole('group', { name: 'Undo what was just done' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two supplies need you');
});

test('finds while typing; Esc clears', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('ink study');
  await expect(page.locator('li[data-slot]')).toHaveCount(4);
  await page.keyboard.type('zz');
  await expect(page.getByText('Nothing matches “ink studyzz”').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('li[data-slot]')).toHaveCount(9);
  await page.keyboard.press('Escape');
  await expect(page.locator(focused)).toContainText('Cyan ink');
});

test('groups by device and remembers it', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await expect(page.getByRole('region')).toHaveCount(4);
  await expect(page.getByRole('region', { name: 'Study printer' }).getByRole('listitem')).toHaveCount(4);
  await expect(page.getByRole('radio', { name: 'Device' })).toBeChecked();
});

test('has the same menu by button, by pointer and by key', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'More for Cyan ink' }).click();
  const menu = page.getByRole('menu', { name: 'More for Cyan ink' });
  await expect(menu).toMatchAriaSnapshot(`
    - menu "More for Cyan ink":
      - menuitem "I replaced it…"
      - menuitem "I bought more…"
      - menuitem "Correct the amount…"
      - separator
      - menuitem "Open"
      - menuitem "Copy"
      - menuitem "Mute until replaced"
  `);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'More for Cyan ink' })).toBeFocused();
  await page.getByRole('link', { name: /^Cyan/ }).click({ button: 'right' });
  await expect(menu).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Cyan/ }).focus();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.type('mut');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One supply needs you');
});

test('asks what a rise was', async ({ page }) => {
  await page.goto('/?state=long-names');
  await page.getByRole('button', { name: /^What happened\?/ }).click();
  const dialog = page.getByRole('dialog', { name: 'The level rose' });
  await expect(dialog.getByRole('radio', { name: /^A new one/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('button', { name: 'Do not count it' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('group', { name: 'Undo what was just done' })).toContainText(
    'High-yield cyan pigment ink cartridge XL: the reading is not counted.',
  );
  await expect(page.getByText('Level rose')).toHaveCount(0);
});

test.describe('its other states', () => {
  test('nothing to watch', async ({ page }) => {
    await page.goto('/?state=empty');
    await expect(page.getByRole('heading', { level: 1, name: 'Nothing to watch yet' })).toBeVisible();
    await expect(page.getByRole('main').getByRole('button')).toHaveText(['Find my printers', 'Add a device']);
    await audit(page);
  });
  test('loading says so only when it is slow', async ({ page }) => {
    await page.goto('/?state=loading');
    await expect(page.getByRole('status', { name: 'Loading the supplies' })).toBeVisible();
    await audit(page);
  });
  test('failed offers to try again', async ({ page }) => {
    await page.goto('/?state=error');
    await expect(
      page.getByRole('heading', { level: 1, name: 'The supplies could not be read' }),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
  test('offline is one line, and goes when printers answer', async ({ page }) => {
    await page.goto('/?state=offline');
    await expect(page.getByText('No printer has answered since 09:12.')).toBeVisible();
    await expect(page.getByRole('button', { name: /No printer answers/ })).toBeVisible();
    await page.getByRole('button', { name: 'Try now' }).click();
    await expect(page.getByText('No printer has answered')).toHaveCount(0);
  });
  test('learning and quiet are said in the headline', async ({ page }) => {
    await page.goto('/?state=learning');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Still learning');
    await page.goto('/?state=quiet');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing needs you this week');
  });
  test('sixty supplies', async ({ page }) => {
    await page.goto('/?state=many');
    await expect(page.locator('li[data-slot]')).toHaveCount(60);
  });
});

for (const [width, height] of [
  [1180, 780],
  [760, 520],
  [480, 640],
] as const) {
  for (const text of [100, 150, 200]) {
    test(`nothing is cut at ${width}×${height}, ${text}%, in German with long names`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/?state=long-names&lang=de&locale=de-DE&text=${text}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Drei Vorräte brauchen Sie');
      await fits(page);
      await audit(page);
    });
  }
}
