import { expect, test } from './test';
import { audit, fits } from './audit';

test.describe('the welcome', () => {
  test('finds printers on a press and adds one', async ({ page }) => {
    await page.goto('/?state=first-run');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('What do you have that runs out?');
    await expect(page.getByRole('button', { name: 'Link an account' })).toBeVisible();
    await audit(page);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('Two found on this network')).toBeVisible();
    await page.getByRole('button', { name: 'Add InkWell 640' }).click();
    await expect(page.getByText('Added', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Show my supplies' }).click();
    await expect(page.locator('li[data-slot]')).toHaveCount(4);
  });
  test('says when no printer answered', async ({ page }) => {
    await page.goto('/?state=first-run&printers=none');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(
      page.getByText('No printer answered. It may be asleep or on another network.'),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Enter its address' })).toBeVisible();
  });
  test('begins a trial, stops its time, and is back when it ends', async ({ page }) => {
    await page.goto('/?state=first-run');
    await page.getByRole('button', { name: 'Try it' }).click();
    const strip = page.getByRole('note');
    await expect(strip).toContainText('Sample data Sat 21 Nov · A day passes in 20 seconds');
    await expect(page.locator('li[data-slot]')).toHaveCount(9);
    await page.keyboard.press('Control+4');
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Two supplies need you');
    await strip.getByRole('button', { name: 'Pause' }).click();
    await expect(strip).toContainText('Time stands still');
    await strip.getByRole('button', { name: 'Go on' }).click();
    await expect(strip).toContainText('A day passes in 20 seconds');
    await strip.getByRole('button', { name: 'Remove sample' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('What do you have that runs out?');
  });
  test('fits a small window with large text', async ({ page }) => {
    await page.setViewportSize({ width: 760, height: 520 });
    await page.goto('/?state=first-run&lang=de&locale=de-DE&text=200');
    await page.getByRole('button', { name: 'Suchen' }).click();
    await expect(page.getByText('Zwei in diesem Netzwerk gefunden')).toBeVisible();
    await fits(page);
  });
});

test.describe('a device', () => {
  test('is renamed in place, and back', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Study printer' }).click();
    await expect(page.getByText('Answers at 192.168.1.24')).toBeVisible();
    await audit(page);
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.keyboard.type('Upstairs');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Upstairs');
    await expect(page.getByRole('button', { name: 'Rename' })).toBeFocused();
    await page.keyboard.press('Control+z');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Study printer');
  });
  test('is removed after a question, and comes back', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Robot vacuum' }).click();
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove Robot vacuum?' });
    await expect(dialog.getByRole('button', { name: 'Keep Robot vacuum' })).toBeFocused();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.locator('li[data-slot]')).toHaveCount(7);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('li[data-slot]')).toHaveCount(9);
  });
  test('that is silent is looked for, or given an address', async ({ page }) => {
    await page.goto('/?state=offline&still');
    await page.getByRole('button', { name: 'Study printer' }).click();
    await expect(page.getByText(/Silent since .*\. Asleep, off, or moved\?/)).toBeVisible();
    await page.getByRole('button', { name: 'Change address…' }).click();
    const field = page.getByRole('textbox', { name: 'Address' });
    await field.fill('192.168.1.31');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Another printer answers there than the one that was added.')).toBeVisible();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Look for it' }).click();
    await expect(page.getByText('Found at 192.168.1.24.')).toBeVisible();
  });
});

test('settings take effect at once', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await audit(page);
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('combobox', { name: 'Language' }).focus();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('combobox', { name: 'Sprache' })).toBeFocused();
  await page.getByRole('button', { name: 'Größere Schrift' }).click();
  await expect(page.getByText('110 %')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Einzelne Tasten in Listen' }).uncheck();
  await page.keyboard.press('Control+1');
  await page.keyboard.press('g');
  await expect(page.getByRole('radio', { name: 'Dringlichkeit' })).toBeChecked();
});

for (const [state, title, first, last] of [
  ['newer-database', 'A newer Refill wrote this household.', 'Open another household…', 'Show the file'],
  ['damaged-database', 'This household’s file is damaged.', 'Open another household…', 'Show the file'],
  ['locked-database', 'Another program has this household open.', 'Try again', 'Show the file'],
  [
    'missing-folder',
    'The folder of this household is not there.',
    'Try again',
    'Open the household of this computer',
  ],
] as const) {
  test(`a household that cannot be opened: ${state}`, async ({ page }) => {
    await page.goto(`/?state=${state}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page.getByRole('button').first()).toHaveText(first);
    await expect(page.getByRole('button', { name: last })).toBeVisible();
    await audit(page);
    await page.getByRole('button', { name: 'Open another household…' }).click();
    await expect(page.locator('li[data-slot]')).toHaveCount(9);
  });
}

test('nothing breaks the policy of the window, and nothing is reported to the console', async ({ page }) => {
  const said: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  const answer = await page.goto('/');
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'");
  for (const key of ['Control+,', 'Control+4', 'Control+1']) await page.keyboard.press(key);
  await page.getByRole('link', { name: /^Cyan ink/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Two supplies need you');
  await page.keyboard.press('Control+n');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(said).toEqual([]);
});

test('the report of a crash is offered once', async ({ page }) => {
  await page.goto('/?state=crash');
  await page.getByRole('button', { name: 'Save report…' }).click();
  await expect(page.getByText('Refill stopped unexpectedly')).toHaveCount(0);
});

test.describe('by keyboard', () => {
  test('all commands are found by name', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('vacuum');
    await expect(page.getByRole('option')).toHaveText([/Robot vacuum/, /Filter/, /Main brush/]);
    await audit(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Robot vacuum');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two supplies need you');
  });
  test('the list of keys names what works here', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await expect(dialog.getByText('I replaced it')).toBeVisible();
    await expect(dialog.getByText('Ctrl K')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });
  test('at the support desk and in registration the digits lead to their places', async ({ page }) => {
    await page.goto('/?desk=in&models=yes');
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    await page.getByRole('button', { name: 'My home' }).click();
    await page.getByRole('menuitem', { name: 'Support desk' }).click();
    await expect(heading).toHaveText('Find a customer');
    for (const [key, title] of [
      ['2', 'Audit log'],
      ['3', 'Support file'],
      ['4', 'Priya Nair'],
      ['9', 'Priya Nair'],
      ['1', 'Find a customer'],
    ] as const) {
      await page.keyboard.press(`Control+${key}`);
      await expect(heading).toHaveText(title);
    }
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    const line = (name: string) => dialog.locator('dl > div').filter({ hasText: name });
    await expect(line('Audit log')).toContainText('Ctrl 2');
    await expect(line('Go to Orders')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    // By name the household is there all the same, without a key that is another place's.
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('go to orders');
    await expect(page.getByRole('option')).toHaveText(['Go to Orders']);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('combobox')).toBeHidden();
    await page.getByRole('button', { name: 'Support desk' }).click();
    await page.getByRole('menuitem', { name: 'Registration' }).click();
    await page.keyboard.press('Control+2');
    await expect(heading).toContainText('Larkfield InkWell 640');
    await page.keyboard.press('Control+1');
    await expect(heading).toHaveText('Device models');
    await page.keyboard.press('Control+,');
    await page.keyboard.press('Control+2');
    await expect(heading).not.toHaveText('Device models');
    await page.keyboard.press('?');
    await expect(line('Go to Orders')).toContainText('Ctrl 2');
  });
  test('F6 goes round the parts of the window, the skip link to the list', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'To the supplies' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('link', { name: /^Cyan ink/ })).toBeFocused();
    await page.keyboard.press('F6');
    await expect(page.getByRole('button', { name: /^Supplies/ })).toBeFocused();
    await page.keyboard.press('Shift+F6');
    await expect(page.getByRole('link', { name: /^Cyan ink/ })).toBeFocused();
  });
  test('a narrow window has its places in a menu', async ({ page }) => {
    await page.setViewportSize({ width: 480, height: 640 });
    await page.goto('/');
    await page.getByRole('button', { name: 'Menu' }).press('Enter');
    await page.keyboard.type('esp');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Espresso machine');
  });
});
