// What is typed into a work item saves itself on the server every few seconds, quietly.
import { noticeEnd } from './session.js';
import { clock, say } from './words.js';

const EVERY = 2500;

export function startDrafts() {
  const form = document.querySelector('form[data-draft]');
  if (!form) return;
  const shown = document.querySelector('[data-draft-saved]');
  let wait;
  let sent = serialise(form);

  async function save() {
    const now = serialise(form);
    if (now === sent || form.dataset.sent !== undefined) return;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRFToken': document.body.dataset.csrf },
        body: now
      });
      noticeEnd(answer);
      if (!answer.ok) return;
      sent = now;
      delete document.documentElement.dataset.offline;
      if (shown) shown.textContent = say('saved', { time: clock() });
    } catch {
      document.documentElement.dataset.offline = '';
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(save, EVERY);
  });
  document.addEventListener('visibilitychange', () => document.hidden && save());
  window.addEventListener('offline', () => { document.documentElement.dataset.offline = ''; });
  window.addEventListener('online', () => {
    delete document.documentElement.dataset.offline;
    save();
  });
}

/** The form without files and tokens, as it is posted. */
function serialise(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !['csrf_token', 'request_id', 'revision'].includes(name)) data.append(name, value);
  }
  return data.toString();
}
