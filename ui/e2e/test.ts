// The test of all journeys: whatever else it looks at, an error that nobody caught fails it.

import { expect, test as plain } from '@playwright/test';

export { expect, type Locator, type Page } from '@playwright/test';

export const test = plain.extend<{ uncaught: string[] }>({
  uncaught: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await use(errors);
      expect(errors, 'errors that nobody caught').toEqual([]);
    },
    { auto: true },
  ],
});
