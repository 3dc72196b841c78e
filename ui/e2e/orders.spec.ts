// Orders: what is coming, what is asked about, what came before, and which supplies reorder by themselves.

import { expect, test, type Page } from './test';
import { fitsTheWindow, start } from './places';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

async function orders(page: Page, query: string): Promise<void> {
  await start(page, query);
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/need/);
}

test('without an account it says how orders come here', async ({ page }) => {
  await orders(page, '');
  await expect(heading(page)).toHaveText('No account is linked');
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Link in your browser' }).click();
  await expect(heading(page)).toHaveText('Not linked to an account');
});

test('what is coming stands first, and leads to its supply', async ({ page }) => {
  await orders(page, 'account=linked');
  await expect(heading(page)).toHaveText('One order arrives Mon 23 Nov');
  await expect(page.getByText('Nothing is ordered until it confirms.')).toBeVisible();
  await expect(page.getByText('It may be asked for again from')).toBeVisible();
  await expect(page.getByText('By you at Amazon, Mon 2 Nov')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Coffee pods, 50' }).click();
  await expect(heading(page)).toContainText('Order arrives Mon 23 Nov');
  await expect(page.getByText('Auto-reorder: On')).toBeVisible();
  await expect(page.getByText('Next daily report')).toBeVisible();
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'All reports' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One report needs you');
});

test('what should have arrived is asked about, and either answer is kept', async ({ page }) => {
  await orders(page, 'account=linked&orders=question');
  await expect(heading(page)).toHaveText('Did Liquid detergent arrive?');
  await fitsTheWindow(page);
  await page.getByRole('button', { name: 'Not yet' }).click();
  await expect(page.getByText('Has not come')).toBeVisible();
  await page.getByRole('button', { name: 'It arrived' }).click();
  await expect(heading(page)).toHaveText('One order arrives Mon 23 Nov');
});

test('a row on Supplies says what is on its way', async ({ page }) => {
  await start(page, 'account=linked');
  await expect(page.getByText('Order arrives Mon 23 Nov')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Orders/ })).toContainText('2');
  await fitsTheWindow(page);
});
