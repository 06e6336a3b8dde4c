// The page works without any of this; each part mends one habit and touches nothing else.
import './htmx.js';
import { startBusy } from './busy.js';
import { startDialogs } from './dialogs.js';
import { startDrafts } from './drafts.js';
import { startDrop } from './drop.js';
import { catchUp, startForms } from './forms.js';
import { mountIslands } from './island.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startPalette } from './palette.js';
import { startSession } from './session.js';
import { startShell } from './shell.js';
import { startToasts } from './toasts.js';

startShell();
startDialogs();
startPalette();
startKeys();
startForms();
startDrop();
startBusy();
startDrafts();
startToasts();
startSession();
startLive();
mountIslands(document);
// after htmx has taken hold of the page, which it does at this event
document.addEventListener('DOMContentLoaded', catchUp);
// what htmx brings in later may hold islands, too
document.addEventListener('htmx:after:swap', () => mountIslands(document));
