import { expect, test, type Page } from './test';
import { fits } from './audit';
import { fitsTheWindow, openSupply, row, start } from './places';

async function openStocktake(page: Page, query = ''): Promise<void> {
  await start(page, query);
  await page.getByRole('button', { name: 'Stocktake' }).click();
  await expect(page.getByRole('heading', { name: 'Count what is there', level: 1 })).toBeVisible();
}

test('a stocktake by keys: typed down the list, seen before it is saved, undone in one', async ({ page }) => {
  await openStocktake(page);
  const save = page.getByRole('button', { name: /^Save/ });
  await expect(save).toBeDisabled();
  await page.getByLabel('Cyan ink, in use').focus();
  await page.keyboard.type('46');
  const effect = page.getByRole('listitem').filter({ hasText: 'Cyan ink' }).getByLabel('What changes');
  await expect(effect).toContainText('2% → 46%');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Cyan ink, on the shelf')).toBeFocused();
  await page.keyboard.type('3');
  await expect(effect).toContainText('3 spares');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Black ink, in use')).toBeFocused();
  await page.getByLabel('Liquid detergent, in use').fill('1.2');
  await page.getByLabel('Unit of Liquid detergent').first().selectOption('LITER');
  await expect(page.getByText('2 supplies counted')).toBeVisible();
  await page.getByRole('button', { name: 'Save 2 counts' }).click();
  await expect(page.getByText('Counted 2 supplies.').first()).toBeVisible();
  await expect(page.getByText('Nothing counted yet')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Cyan ink' })).toContainText('by the books 46%');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Cyan ink' })).toContainText('by the books 2%');
  await expect(page.getByRole('listitem').filter({ hasText: 'Liquid detergent' })).toContainText(
    'by the books 680 ml',
  );
});

test('a count that cannot be is told at its field, and nothing is saved', async ({ page }) => {
  await openStocktake(page);
  await page.getByLabel('Black ink, in use').fill('20');
  await page.getByLabel('Cyan ink, in use').fill('140');
  await expect(page.getByLabel('Cyan ink, in use')).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Save 2 counts' }).click();
  await expect(page.getByLabel('Cyan ink, in use')).toBeFocused();
  await expect(page.getByRole('listitem').filter({ hasText: 'Black ink' })).toContainText('by the books 31%');
  await fitsTheWindow(page);
});

test('a stocktake is undone as a whole from the ledger, too', async ({ page }) => {
  await openStocktake(page);
  await page.getByLabel('Black ink, in use').fill('20');
  await page.getByLabel('Yellow ink, in use').fill('30');
  await page.getByRole('button', { name: 'Save 2 counts' }).click();
  await expect(page.getByText('Nothing counted yet')).toBeVisible();
  await page.keyboard.press('Escape');
  await row(page, 'Black ink').click();
  await page.getByRole('button', { name: 'Undo the whole stocktake' }).click();
  await expect(page.getByRole('table', { name: 'Ledger' })).toContainText('undone');
  await page.keyboard.press('Escape');
  await expect(row(page, 'Yellow ink')).toContainText('72%');
});

for (const query of [
  '',
  'text=200',
  'lang=de&locale=de-DE',
  'state=long-names',
  'theme=dark',
  'state=many',
]) {
  for (const size of [
    { width: 1180, height: 780 },
    { width: 760, height: 520 },
  ]) {
    test(`the stocktake fits: ${query || 'usual'} at ${size.width}`, async ({ page }) => {
      await page.setViewportSize(size);
      await start(page, query);
      await page.getByRole('button', { name: /^(Stocktake|Inventur)$/ }).click();
      await expect(page.getByRole('list', { name: /Supplies to count|Vorräte zum Zählen/ })).toBeVisible();
      await page.locator('.line input').first().fill('12');
      await fitsTheWindow(page);
      await fits(page);
    });
  }
}

test('a supply is snoozed until a day, muted until replaced or for good, and asks again', async ({
  page,
}) => {
  await start(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two supplies need you');
  await row(page, 'Filter').click();
  const open = async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Remind me later…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  };
  await open();
  await expect(page.getByRole('radio', { name: /On a day/ })).toBeChecked();
  await expect(page.getByLabel('Day', { exact: true })).toHaveValue('2026-11-28');
  await page.getByLabel('Day', { exact: true }).fill('2026-11-21');
  await page.getByRole('button', { name: 'Keep it so' }).click();
  await expect(page.getByRole('alert')).toHaveText('Choose a day after today, within a year.');
  await fitsTheWindow(page);
  await page.getByLabel('Day', { exact: true }).fill('2026-11-30');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('main').getByText('quiet until Mon 30 Nov').first()).toBeVisible();
  await open();
  await page.getByRole('radio', { name: /Never/ }).check();
  await page.getByRole('button', { name: 'Keep it so' }).click();
  await expect(
    page
      .getByRole('main')
      .getByText(/quiet for good/)
      .first(),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One supply needs you');
  await page.keyboard.press('Control+z');
  await expect(page.getByText('quiet until Mon 30 Nov').first()).toBeVisible();
});

test('the order rule and the delivery time are chosen in place', async ({ page }) => {
  await openSupply(page, 'Coffee pods');
  const rule = page.getByLabel('By which rule it asks to be ordered');
  await expect(rule).toHaveValue('normal');
  await expect(page.getByText('Late 1 time in 10')).toBeVisible();
  await rule.selectOption('careful');
  await expect(page.getByText('Late 1 time in 20')).toBeVisible();
  await page.getByLabel('A delivery takes').selectOption('2');
  await expect(page.getByRole('definition').filter({ hasText: 'Order by' })).toContainText('Fri 27 Nov');
  await rule.selectOption('amazon');
  await expect(page.getByText('When 7 days of use are left')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(rule).toHaveValue('careful');
});

test('two supplies take from one shelf', async ({ page }) => {
  await openSupply(page, 'Black ink');
  await page.getByRole('button', { name: 'Choose a supply that takes the same product' }).click();
  await page.getByLabel('Takes the same as').selectOption({ label: 'Cyan ink, Study printer' });
  await expect(page.getByRole('definition').filter({ hasText: 'shared with Cyan ink' })).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Choose a supply that takes the same product' }).click();
  await page.getByLabel('Takes the same as').selectOption({ label: 'A shelf of its own' });
  await expect(page.getByText('shared with Cyan ink')).toHaveCount(0);
});

test('three figures side by side, and what makes them differ', async ({ page }) => {
  await openSupply(page, 'Cyan ink');
  const figure = (name: string) => page.getByRole('region', { name });
  await expect(figure('The device says')).toContainText('2%');
  await expect(figure('The device says')).toContainText('Agrees with the ledger');
  await expect(figure('Amazon believes')).toContainText('Nothing reported yet');
  await expect(figure('On the shelf')).toContainText('Bought, not yet opened, Mon 2 Nov');
  await page.keyboard.press('c');
  await page.getByLabel('In use').fill('8');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(figure('The device says')).toContainText('The ledger says 8%. The difference:');
  await expect(figure('The device says').getByRole('listitem')).toHaveText(/\+6%\s*You counted 8%, /);
  await fitsTheWindow(page);
});

for (const query of ['', 'text=200', 'lang=de&locale=de-DE', 'theme=dark', 'state=shared']) {
  test(`the page of a supply fits with its figures: ${query || 'usual'}`, async ({ page }) => {
    await page.setViewportSize({ width: 760, height: 520 });
    await start(page, query);
    await row(page, query.includes('de') && !query.includes('dark') ? 'Cyan' : 'Cyan ink').click();
    await expect(page.getByRole('region', { name: /Amazon (believes|glaubt)/ })).toBeVisible();
    await fitsTheWindow(page);
    await fits(page);
  });
}

test('a rise is answered from the ledger, and what the answer changes is shown first', async ({ page }) => {
  await openSupply(page, 'High-yield cyan', 'state=long-names');
  const outcome = page.getByRole('dialog').getByRole('status');
  await page.getByRole('button', { name: 'What happened?' }).first().click();
  await expect(outcome).toContainText('Nothing changes: 97% left');
  await page.getByRole('radio', { name: /The reading was wrong/ }).check();
  await expect(outcome).toContainText('97% → 2%');
  await fitsTheWindow(page);
});
