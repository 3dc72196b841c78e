// Certification of a device model, in the fake household: rehearsed, looked at, tested with a real skill, and reported.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const aside = (page: Page) => page.getByRole('main').locator('aside');
const row = (page: Page, code: string) =>
  page.getByRole('tabpanel').getByRole('button', { name: new RegExp(`^${code} `) });

async function certification(page: Page, query = ''): Promise<void> {
  await start(page, `models=yes&${query}`);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
  await page.getByRole('tab', { name: '5 Certification' }).click();
}

test('all cases are run, one of them waits for a person, who answers', async ({ page }) => {
  await certification(page);
  await expect(heading(page)).toHaveText('Not rehearsed yet');
  await expect(row(page, '4')).toContainText('Not run');
  await expect(page.getByRole('button', { name: 'Report…' })).toHaveCount(0);
  await fitsTheWindow(page);
  await page.getByRole('combobox', { name: 'Marketplace' }).selectOption('Germany');
  await page.getByRole('button', { name: 'Run all' }).click();
  await expect(heading(page)).toHaveText('All eight cases pass');
  await expect(page.getByRole('button', { name: 'Run all again' })).toBeVisible();
  await row(page, 'P1').click();
  await expect(aside(page)).toContainText('allow list');
  await expect(aside(page)).toContainText('Germany');
  await page.getByRole('button', { name: 'It is so', exact: true }).click();
  await expect(row(page, 'P1')).toContainText('Passed');
  await fitsTheWindow(page);
});

test('one case alone leaves the others as they were', async ({ page }) => {
  await certification(page);
  await page.getByRole('button', { name: 'Run one…' }).click();
  await page.getByRole('menuitem', { name: '2 Inventory' }).click();
  await expect(heading(page)).toHaveText('One of eight cases passes');
  await expect(row(page, '2')).toContainText('Passed');
  await expect(row(page, '3')).toContainText('Not run');
  await expect(aside(page)).toContainText('Case 2');
  await page.getByRole('button', { name: 'Run case 2 again' }).click();
  await expect(row(page, '2')).toContainText('Passed');
});

test('what failed is opened to the message that refutes it, without its token', async ({ page }) => {
  await certification(page, 'cert=failed');
  await expect(heading(page)).toHaveText('One of eight cases fails');
  await expect(row(page, '6')).toContainText('Needs a person');
  await row(page, '4').click();
  await expect(row(page, '4')).toHaveAttribute('aria-pressed', 'true');
  await expect(row(page, '4')).toContainText('Failed, 1 slot');
  await expect(aside(page)).toContainText('SLOT 04: Fewer than three low updates in a row');
  await aside(page).getByText('ChangeReport, yellow 16%').click();
  await expect(aside(page).locator('pre').last()).toContainText('"token": "token hidden"');
  await fitsTheWindow(page);
});

test('what can’t be judged never counts as passed', async ({ page }) => {
  await certification(page, 'cert=unjudged');
  await expect(heading(page)).toHaveText('One of eight cases passes');
  await expect(page.getByText(/can’t be judged/).first()).toBeVisible();
  await row(page, '3').click();
  await expect(aside(page)).toContainText('Can’t be judged');
  await expect(aside(page)).toContainText('without it this one says nothing');
});

test('while it runs, what happens is shown, and it can be stopped', async ({ page }) => {
  await certification(page, 'cert=stays');
  await page.getByRole('button', { name: 'Run all' }).click();
  await expect(heading(page)).toHaveText('The rehearsal is under way');
  await expect(aside(page)).toContainText('Step 2 of 20');
  await expect(aside(page)).toContainText('ChangeReport, black 100%');
  await fitsTheWindow(page);
  // It goes on while one is elsewhere.
  await page.getByRole('tab', { name: 'Preview' }).click();
  await page.getByRole('tab', { name: '5 Certification' }).click();
  await expect(heading(page)).toHaveText('The rehearsal is under way');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(heading(page)).toHaveText('Not rehearsed yet');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('at the keyboard Stop is reached at once, and Esc ends what is under way instead of leaving', async ({
  page,
}) => {
  await certification(page, 'cert=stays');
  await page.getByRole('button', { name: 'Run all' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Stop' })).toBeFocused();
  await expect(row(page, '4')).toContainText('Running');
  await page.keyboard.press('Escape');
  await expect(heading(page)).toHaveText('Not rehearsed yet');
  await expect(page.getByRole('button', { name: 'Run all' })).toBeFocused();
  await expect(row(page, '4')).toContainText('Not run');
  // One case alone: the others stay as they were.
  await page.getByRole('button', { name: 'Run one…' }).click();
  await page.getByRole('menuitem', { name: '2 Inventory' }).click();
  await expect(row(page, '2')).toContainText('Running');
  await expect(row(page, '3')).toContainText('Not run');
  await page.keyboard.press('Escape');
  await expect(row(page, '2')).toContainText('Not run');
  await page.keyboard.press('Escape');
  await expect(heading(page)).toHaveText('Device models');
});

test('in a small window a case takes the place of the list, and Esc returns to its row', async ({ page }) => {
  await page.setViewportSize({ width: 760, height: 520 });
  await certification(page, 'cert=failed');
  await row(page, '4').click();
  await expect(row(page, '4')).toBeHidden();
  await expect(aside(page)).toBeFocused();
  await expect(aside(page)).toContainText('SLOT 04');
  await fitsTheWindow(page);
  await page.keyboard.press('Escape');
  await expect(row(page, '4')).toBeFocused();
  await row(page, '6').press('Enter');
  await page.getByRole('button', { name: 'All cases' }).click();
  await expect(row(page, '6')).toBeFocused();
  await expect(aside(page)).toBeHidden();
});

test('a model that can’t be rehearsed says why, and one that changed says so', async ({ page }) => {
  await certification(page, 'cert=unable');
  await expect(page.getByRole('alert')).toContainText('No slot is ready yet');
  await expect(page.getByRole('button', { name: 'Run all' })).toBeDisabled();
  await certification(page, 'cert=changed');
  await expect(page.getByText('The model has changed since then.')).toBeVisible();
  await expect(row(page, '1')).toContainText('before the change');
  await expect(page.getByText('One file of an earlier run can’t be read')).toBeVisible();
});

test('a test with a real skill is answered step by step, left, and gone on with', async ({ page }) => {
  await certification(page);
  await page.getByText('A real skill').click();
  await expect(heading(page)).toHaveText('Not tested with a real skill yet');
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Begin the test' }).click();
  await expect(page.getByRole('heading', { name: 'Step 1 of 32, case P1' })).toBeVisible();
  await expect(heading(page)).toHaveText('No case is judged yet');
  const expected = page.getByRole('button', { name: 'As expected', exact: true });
  for (let step = 0; step < 3; step += 1) await expected.click();
  await expect(row(page, 'P1')).toContainText('Passed');

  await expect(row(page, 'P2')).toHaveAttribute('aria-current', 'step');
  // Messages are asked for; what is none is refused at the field, and nothing is lost.
  await expect(page.getByRole('heading', { name: 'Step 4 of 32, case P2' })).toBeFocused();
  const messages = page.getByRole('textbox', { name: 'Messages of your skill, as JSON' });
  await messages.fill('hello');
  await page.getByRole('textbox', { name: 'Note' }).fill('from the console');
  await page.getByRole('button', { name: 'Take the messages' }).click();
  await expect(page.getByRole('alert')).toContainText('Paste the JSON');
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('from the console');
  await fitsTheWindow(page);
  await messages.fill('{"event":{"header":{"name":"Discover.Response"}}}');
  await page.getByRole('button', { name: 'Take the messages' }).click();
  await expect(row(page, 'P2')).toContainText('Passed');

  // Something else wants words.
  await page.getByRole('button', { name: 'Something else' }).click();
  await expect(page.getByRole('alert')).toContainText('Say what you see instead');
  await page.getByRole('textbox', { name: 'Note' }).fill('Three of four slots');
  await page.getByRole('button', { name: 'Something else' }).click();
  await expect(heading(page)).toHaveText('One of eight cases fails');

  // Away and back again: it goes on where it was.
  await page.getByRole('navigation').getByTitle('Device models').click();
  await page.getByRole('main').getByRole('button', { name: 'Larkfield InkWell 640' }).click();
  await page.getByRole('tab', { name: '5 Certification' }).click();
  await page.getByText('A real skill').click();
  await expect(page.getByRole('heading', { name: 'Step 6 of 32, case 6' })).toBeVisible();
  for (let step = 0; step < 4; step += 1)
    await page.getByRole('button', { name: 'I can’t check this' }).click();
  await expect(row(page, '6')).toContainText('Can’t be judged');

  // A figure that is none, and an answer given otherwise.
  await page.getByRole('textbox', { name: 'What is left under Supply' }).fill('much');
  await expected.click();
  await expect(page.getByRole('alert')).toContainText('can’t be the figure');
  await page.getByText('Answered so far').click();
  await fitsTheWindow(page);
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Three of four slots' })
    .getByRole('button', { name: 'Answer otherwise' })
    .click();
  await expect(page.getByRole('heading', { name: 'Step 5 of 32, case 1' })).toBeFocused();
  await expected.click();
  await expect(row(page, '1')).toContainText('Passed');
  await page.getByRole('button', { name: 'Take the last answer back' }).click();
  await expect(page.getByRole('heading', { name: 'Step 9 of 32, case 6' })).toBeVisible();
  await page.getByRole('button', { name: 'Begin anew…' }).click();
  await page.getByRole('button', { name: 'Go on with this one' }).click();
  await page.getByRole('button', { name: 'Begin anew…' }).click();
  await page.getByRole('button', { name: 'Begin anew', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Step 1 of 32, case P1' })).toBeVisible();
});

test('the report goes to a file, and to paper with every case', async ({ page }) => {
  await certification(page, 'cert=failed');
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes');
  });
  await page.getByRole('button', { name: 'Report…' }).click();
  await expect(page.getByRole('menuitem', { name: /Print, or save as PDF/ })).toContainText(
    'system’s print dialog',
  );
  await page.getByRole('menuitem', { name: /Print, or save as PDF/ }).click();
  await expect(page.locator('body[data-printed]')).toBeAttached();
  await page.emulateMedia({ media: 'print' });
  const paper = page.locator('.paper');
  await expect(paper).toBeVisible();
  await expect(paper.locator('article')).toHaveCount(13);
  await expect(paper).toContainText('ChangeReport, yellow 16%');
  await expect(page.getByRole('tabpanel')).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await expect(paper).toBeHidden();
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect(paper).toHaveCount(0);

  await page.getByRole('button', { name: 'Report…' }).click();
  await page.getByRole('menuitem', { name: 'JSON…' }).click();
  await expect(page.getByText('InkWell-640-rehearsal.json is saved.')).toBeAttached();
});

for (const [width, height, more] of [
  [760, 520, ''],
  [760, 520, '&text=200'],
  [1180, 780, '&text=200&theme=dark'],
] as const)
  test(`nothing is cut off at ${width} × ${height}${more}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await certification(page, `cert=failed${more}`);
    await row(page, '4').click();
    await expect(aside(page)).toContainText('SLOT 04');
    await fitsTheWindow(page);
    await page.keyboard.press('Escape');
    await page.getByText('A real skill').click();
    await page.getByRole('button', { name: 'Begin the test' }).click();
    await page.getByRole('button', { name: 'As expected', exact: true }).click();
    await page.getByText('Answered so far').click();
    await fitsTheWindow(page);
  });
