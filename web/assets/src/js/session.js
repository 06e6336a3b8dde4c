// A session that ended while a form was open: log in in another tab, come back, go on; the form stays as it is.
import { openDialog } from './dialogs.js';

let ended = false;

/** Called with every answer of a request made aside. */
export function noticeEnd(answer) {
  if (answer.status !== 401 || ended) return;
  ended = true;
  openDialog('session');
}

export function startSession() {
  window.addEventListener('focus', async () => {
    if (!ended) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    takeToken(new DOMParser().parseFromString(await answer.text(), 'text/html').body.dataset.csrf);
    ended = false;
    document.getElementById('session')?.close();
  });
}

/** The new session has a new token; every form of this page needs it. */
function takeToken(token) {
  document.body.dataset.csrf = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}
