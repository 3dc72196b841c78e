import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { options } from './compile-messages.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Browser tests run under the policy of the desktop window.
const policy: Record<string, string> = JSON.parse(readFileSync(here('../tauri.conf.json'), 'utf8')).app
  .security.csp;
const csp = Object.entries(policy)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join('; ');

export default defineConfig({
  root: here('.'),
  plugins: [
    // Unit tests compile the catalogue beforehand: the plugin would keep their process alive.
    ...(process.env['VITEST'] ? [] : [paraglideVitePlugin(options)]),
    svelte({ configFile: false, preprocess: vitePreprocess() }),
  ],
  clearScreen: false,
  server: { host: '127.0.0.1', port: 1420, strictPort: true },
  preview: { host: '127.0.0.1', port: 1421, strictPort: true, headers: { 'Content-Security-Policy': csp } },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: ['safari16', 'chrome109'],
    modulePreload: { polyfill: false },
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    clearMocks: true,
  },
});
