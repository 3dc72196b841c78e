import base from './playwright.config.ts';
export default { ...base, testDir: '/work/wt/desk/ui/e2e', outputDir: '/tmp/pw-desk-results', webServer: undefined, use: { ...base.use, baseURL: 'http://127.0.0.1:4481' } };
