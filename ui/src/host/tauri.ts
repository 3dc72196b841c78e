// The desktop shell as host. The only file that knows Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { HostError, troubleOf, type Host } from './host';
import type { Update } from './types';

async function shell<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw new HostError(troubleOf(thrown));
  }
}

/** Listens to an event of the shell until the returned function is called. */
function hear<T>(name: string, fn: (payload: T) => void): () => void {
  let stopped = false;
  let stop: (() => void) | undefined;
  void listen<T>(name, (event) => fn(event.payload)).then((off) => {
    if (stopped) off();
    else stop = off;
  });
  return () => {
    stopped = true;
    stop?.();
  };
}

function platform(): Host['platform'] {
  const agent = navigator.userAgent;
  if (agent.includes('Mac OS X')) return 'macos';
  return agent.includes('Windows') ? 'windows' : 'linux';
}

export function tauriHost(): Host {
  return {
    call: (command, args) => shell('call', { call: { command, args } }),
    listen: (fn) => hear<Update>('update', fn),
    onPlace: (fn) => hear<null>('place', fn),
    takePlace: () => shell('take_place'),
    openDash: (device, slot) => shell('open_dash_page', { device, slot }),
    saveFile: (name, content) =>
      shell('save_file', {
        name,
        ...(typeof content === 'string' ? { text: content } : { bytes: Array.from(content) }),
      }),
    showFile: (path) => shell('show_file', { path }),
    openHousehold: () => shell('open_household'),
    exportModel: (model) => shell('export_model', { model }),
    exportData: (name, form, secret) => shell('export_data', { name, form, secret }),
    backUp: (name) => shell('back_up', { name }),
    chooseImport: () => shell('choose_import'),
    chooseBackup: () => shell('choose_backup'),
    linkInBrowser: (server) => shell('link_in_browser', { server }),
    openLinkAgain: () => shell('open_link_again'),
    linkAlexa: () => shell('link_alexa_in_browser'),
    signInAtDesk: (server) => shell('desk_in_browser', { server }),
    startTrial: () => shell('start_trial'),
    pauseTrial: (paused) => shell('pause_trial', { paused }),
    endTrial: () => shell('end_trial'),
    platform: platform(),
  };
}
