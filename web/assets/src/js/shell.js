// Navigation that folds, menus that close, theme that turns without a reload.
const KEY = 'ravand.nav';

export function startShell() {
  const app = document.querySelector('.rv-app');
  if (app && app.dataset.nav === 'full' && localStorage.getItem(KEY)) app.dataset.nav = localStorage.getItem(KEY);
  const acts = {
    rail: () => foldNavigation(app),
    nav: () => document.getElementById('nav').classList.toggle('is-open'),
    theme: turnTheme,
    back: () => history.back()
  };
  document.addEventListener('click', (event) => {
    const hit = event.target.closest('[data-act]');
    if (hit && acts[hit.dataset.act]) {
      event.preventDefault();
      acts[hit.dataset.act](hit);
    }
    closeElsewhere(event.target);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeElsewhere(null);
  });
}

function foldNavigation(app) {
  const narrow = matchMedia('(max-width: 78rem)').matches;
  const unfolded = narrow ? 'open' : 'full';
  const now = app.dataset.nav;
  const next = now === unfolded ? (narrow ? 'full' : 'rail') : unfolded;
  app.dataset.nav = next;
  if (!narrow) localStorage.setItem(KEY, next);
}

/** Close open menus and the phone's navigation unless the click was inside. */
function closeElsewhere(target) {
  for (const menu of document.querySelectorAll('details[data-pop][open]')) {
    if (!target || !menu.contains(target)) {
      menu.open = false;
      if (!target) menu.querySelector('summary').focus();
    }
  }
  const nav = document.getElementById('nav');
  if (nav?.classList.contains('is-open') && !(target && (nav.contains(target) || target.closest('[data-act="nav"]')))) {
    nav.classList.remove('is-open');
  }
}

/** Turn at once, tell the server aside. */
function turnTheme(button) {
  const root = document.documentElement;
  const next = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  root.dataset.bsTheme = root.dataset.theme = next;
  const { form } = button;
  const data = new FormData(form);
  data.set('theme', next);
  fetch(form.action, { method: 'POST', body: data, redirect: 'manual' });
}
