// Small manners of forms: Enter does not finish a task, a reason is asked in a dialog, files drop, checks send themselves.
import { openDialog } from './dialogs.js';

export function startForms() {
  document.addEventListener('keydown', keepEnter);
  document.addEventListener('click', askReason);
  document.addEventListener('click', revealPassword);
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-autosubmit]')) event.target.form.requestSubmit();
    if (event.target.matches('input[type="file"]')) nameFiles(event.target);
  });
  document.addEventListener('keydown', watchCapsLock);
  for (const zone of document.querySelectorAll('.rv-drop')) takeDrops(zone);
}

/** A choice made before this script was there, or brought back by the browser, still asks for its fields. */
export function catchUp() {
  const changed = [...document.querySelectorAll('[data-rerender]')].find(isChanged);
  changed?.dispatchEvent(new Event('change', { bubbles: true }));
}

function isChanged(field) {
  if (field.type === 'radio' || field.type === 'checkbox') return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

/** Enter in a one-line field of a work item must not close the work. */
function keepEnter(event) {
  const field = event.target;
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
  if (field.matches?.('input:not([type="submit"])') && field.closest('form[data-keep-enter]')) event.preventDefault();
}

/** An outcome that needs a reason opens the dialog, which then sends the same form. */
function askReason(event) {
  const button = event.target.closest('button[data-reason]');
  if (!button) return;
  event.preventDefault();
  const box = openDialog(button.dataset.reason);
  if (!box) return;
  const send = box.querySelector('[data-send]');
  send.value = button.value;
  send.textContent = button.dataset.label;
  send.className = `btn btn-${button.dataset.style === 'danger' ? 'danger' : 'primary'}`;
  box.querySelector('[data-title]').textContent = button.dataset.label;
  box.querySelector('textarea').focus();
}

function revealPassword(event) {
  const button = event.target.closest('[data-reveal]');
  if (!button) return;
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === 'text';
  field.type = shown ? 'password' : 'text';
  button.setAttribute('aria-pressed', String(!shown));
}

function watchCapsLock(event) {
  const field = event.target;
  if (!field.dataset?.caps || !event.getModifierState) return;
  document.getElementById(field.dataset.caps).hidden = !event.getModifierState('CapsLock');
}

function nameFiles(input) {
  const shown = input.closest('.rv-drop')?.querySelector('[data-chosen-file]');
  if (shown && input.files.length) shown.textContent = [...input.files].map((file) => file.name).join('، ');
}

function takeDrops(zone) {
  const input = zone.querySelector('input[type="file"]');
  if (!input) return;
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
