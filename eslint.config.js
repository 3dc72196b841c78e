// One lint for the interface and the scripts. Formatting is prettier's business, types are svelte-check's.
import { defineConfig } from 'eslint/config';
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      'target/',
      'gen/',
      'ui/dist/',
      'ui/src/paraglide/',
      'ui/src/host/types.ts',
      'ui/project.inlang/',
      '**/generated/',
      '**/test-results/',
      '**/playwright-report/',
    ],
  },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    // A promise that nobody waits for is an error that nobody sees. These rules need types.
    files: ['ui/src/**/*.ts', 'ui/src/**/*.svelte'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['ui/src/**'],
    languageOptions: { globals: globals.browser },
    rules: {
      // Whoever needs the world outside goes through the Host, so that a plain browser and a test can stand in.
      'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'only ui/src/host/tauri.ts speaks to Tauri' }] },
      ],
    },
  },
  { files: ['ui/src/host/tauri.ts', 'ui/src/**/*.test.ts'], rules: { 'no-restricted-imports': 'off' } },
  // A test that finds nothing fails there and then.
  {
    files: ['ui/src/**/*.test.ts', 'ui/e2e/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['*.js', 'scripts/**', 'bench/**/*.mjs', 'tests/**/*.mjs', 'ui/*.js', 'ui/*.ts', 'ui/e2e/**'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
);
