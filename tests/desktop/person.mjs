// A person at a real browser, without a window. Prints what the last page says, or the link that it offers.
//   person.mjs allows ADDRESS EMAIL PASSWORD [KEY]   opens what the app gave to the system, signs in, sets up a second factor
//                                              where one is asked for, allows, and waits until the browser is back at
//                                              the app
//   person.mjs returns ADDRESS                 comes back from Amazon's page to where it sends people on, and reads the
//                                              link by which the app opens
import { chromium } from 'playwright-core';
import { findBrowser } from '../../scripts/browser.mjs';
import { codeOf } from '../../scripts/cloud/person.mjs';

const [, , what, address, ...words] = process.argv;

/** Between two looks at the clock. */
const SOON_MS = 500;
let used;

const deeds = {
  async allows(page, email, password, key) {
    await page.locator('input[name=email]').fill(email);
    await page.locator('input[name=password]').fill(password);
    await page.locator('button[type=submit], button:not([type])').first().click();
    const allow = page.locator('button[name=decision][value=allow]');
    const code = page.locator('input[name=code]');
    await allow.or(code).first().waitFor();
    while (await code.isVisible()) {
      const now = codeOf(key ?? (await page.locator('code').innerText()));
      // A code is good once, and one may have been used just before: the next comes within half a minute.
      if (now !== used) await code.fill((used = now));
      else await page.waitForTimeout(SOON_MS);
      if (await code.inputValue()) {
        await page.locator('button[type=submit], button:not([type])').first().click();
        await allow.or(code).first().waitFor();
      }
    }
    await allow.click();
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
    return page.locator('body').innerText();
  },
  async returns(page) {
    return page.getByRole('link', { name: 'Open Refill' }).getAttribute('href');
  },
};

const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
try {
  // The certificate's authority was made for this run.
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(address);
  console.log(await deeds[what](page, ...words));
} finally {
  await browser.close();
}
