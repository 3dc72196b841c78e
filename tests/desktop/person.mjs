// A person at a real browser, without a window: opens the address that the app gave to the system, signs in, allows,
// and waits until the browser is back at the app. Prints what the last page says.
import { chromium } from 'playwright-core';
import { findBrowser } from '../../scripts/browser.mjs';

const [, , address, email, password] = process.argv;
const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit], button:not([type])').first().click();
  await page.locator('button[name=decision][value=allow]').click();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
  console.log(await page.locator('body').innerText());
} finally {
  await browser.close();
}
