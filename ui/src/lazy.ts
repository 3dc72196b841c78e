// Screens and dialogs beside Supplies: fetched after the first list is on screen, so that it comes sooner.

export const slot = () => import('./screens/SlotDetail.svelte');
export const device = () => import('./screens/Device.svelte');
export const settings = () => import('./screens/Settings.svelte');
export const import_file = () => import('./screens/Import.svelte');
export const summary = () => import('./screens/Summary.svelte');
export const orders = () => import('./screens/Orders.svelte');
export const account = () => import('./screens/Account.svelte');
export const desk_find = () => import('./screens/desk/Find.svelte');
export const desk_customer = () => import('./screens/desk/Customer.svelte');
export const support_file = () => import('./screens/account/SupportFile.svelte');
export const desk_file = () => import('./screens/desk/SupportFile.svelte');
export const desk_supply = () => import('./screens/desk/Supply.svelte');
export const desk_deed = () => import('./dialogs/DeskDeed.svelte');
export const desk_audit = () => import('./screens/desk/Audit.svelte');
export const reports = () => import('./screens/Reports.svelte');
export const discard_report = () => import('./dialogs/DiscardReport.svelte');
export const registration = () => import('./screens/Registration.svelte');
export const use = () => import('./screens/Use.svelte');
export const welcome = () => import('./screens/Welcome.svelte');
export const stocktake = () => import('./screens/Stocktake.svelte');
export const quiet = () => import('./dialogs/QuietDialog.svelte');
export const what_if = () => import('./dialogs/WhatIfDialog.svelte');
export const record = () => import('./dialogs/RecordDialog.svelte');
export const rise = () => import('./dialogs/RiseDialog.svelte');
export const add_device = () => import('./dialogs/AddDevice.svelte');
export const move_device = () => import('./dialogs/MoveDevice.svelte');
export const remove_device = () => import('./dialogs/RemoveDevice.svelte');
export const restore = () => import('./dialogs/RestoreBackup.svelte');
export const commands = () => import('./dialogs/Commands.svelte');
export const keys = () => import('./dialogs/KeyList.svelte');

/**
 * Fetches all of them, so that none has to be waited for later: once the list is painted, and one after another, so
 * that nothing a person does meanwhile waits for them.
 */
export function warm(): void {
  const all = [
    slot,
    record,
    device,
    add_device,
    commands,
    use,
    settings,
    orders,
    account,
    reports,
    discard_report,
    keys,
    rise,
    stocktake,
    quiet,
    what_if,
    move_device,
    remove_device,
    import_file,
    summary,
    restore,
  ];
  const next = (): void => {
    const load = all.shift();
    if (load) void load().then(() => setTimeout(next, 50));
  };
  // The second frame begins when the first has been painted.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next, 500)));
}
