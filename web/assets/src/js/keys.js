// Keyboard first. Letters are read by their place (event.code), so they work on a Persian keyboard, and never while typing.
import { openDialog } from './dialogs.js';

const PLACES = { KeyD: 'day', KeyI: 'inbox', KeyS: 'start', KeyC: 'contacts', KeyW: 'instances' };
let goTo = 0;

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') return handled(event, () => openDialog('palette'));
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') return handled(event, () => sendMain(event.target));
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if (document.body.dataset.keys === undefined) return;
    letter(event);
  });
}

function letter(event) {
  if (event.key === '?' || event.key === '؟') return handled(event, () => openDialog('keys'));
  if (goTo > Date.now() && PLACES[event.code]) return handled(event, () => follow(PLACES[event.code]));
  switch (event.code) {
    case 'KeyG': goTo = Date.now() + 1200; return;
    case 'KeyJ': return handled(event, () => step(1));
    case 'KeyK': return handled(event, () => step(-1));
    case 'KeyN': return press(event, 'a[rel="next"]');
    case 'KeyP': return press(event, 'a[rel="prev"]');
    case 'KeyA': return press(event, '[data-key="claim"]');
    case 'Slash': return focus(event, '[data-search]');
    case 'BracketLeft': return press(event, '[data-act="rail"]');
  }
}

function handled(event, act) {
  event.preventDefault();
  act();
}

function isTyping(target) {
  return target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
}

/** Ctrl+Enter: the main outcome of the page, or of the form one is in. */
function sendMain(target) {
  const dialog = document.querySelector('dialog[open]');
  const scope = dialog ?? target.closest?.('form') ?? document;
  const button = scope.querySelector('[data-main], .btn-primary, [data-send]') ?? document.querySelector('[data-main]');
  button?.click();
}

/** To the next or previous row of the list; Enter then follows the link as usual. */
function step(by) {
  const rows = [...document.querySelectorAll('[data-list] .rv-row, [data-list] tr[data-href] a, main .rv-row[href]')];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  rows[Math.min(rows.length - 1, Math.max(0, from + by))].focus();
}

function press(event, selector) {
  const button = document.querySelector(selector);
  if (button) handled(event, () => button.click());
}

function focus(event, selector) {
  const field = document.querySelector(selector);
  if (field) handled(event, () => reveal(field).focus());
}

/** A field in a menu is only there to type in when the menu is open. */
function reveal(field) {
  field.closest('details')?.setAttribute('open', '');
  return field;
}

function follow(place) {
  goTo = 0;
  const entry = document.querySelector(`.rv-nav__item[data-place="${place}"]`);
  if (entry) location.assign(entry.href);
}
