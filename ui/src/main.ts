import { mount } from 'svelte';
import App from './App.svelte';
import type { Host } from './host/host';
import './styles/base.css';

async function host(): Promise<Host> {
  // Each host is its own chunk: the desktop never loads the household of the browser.
  if ('__TAURI_INTERNALS__' in window) return (await import('./host/tauri')).tauriHost();
  return (await import('./host/fake/host')).fakeHost(new URLSearchParams(location.search));
}

const target = document.getElementById('app');
if (target) void host().then((answering) => mount(App, { target, props: { host: answering } }));
