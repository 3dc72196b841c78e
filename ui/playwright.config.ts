import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

// The system's own browser: nothing is downloaded.
const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const found = process.env['REFILL_CHROMIUM'] ?? browsers.find((path) => existsSync(path));

export default defineConfig({
  testDir: './e2e',
  outputDir: '../test-results',
  snapshotPathTemplate: '{testDir}/{testFileName}-{arg}{ext}',
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  workers: 2,
  reporter: [['list']],
  use: {
    baseURL: 'http://127.0.0.1:1421',
    viewport: { width: 1180, height: 780 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    colorScheme: 'light',
    // Nothing moves, so nothing has to be waited for.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      ...(found ? { executablePath: found } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    },
  },
  webServer: {
    command: 'npm run -s ui:build && npm run -s ui:preview',
    cwd: '..',
    url: 'http://127.0.0.1:1421',
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
