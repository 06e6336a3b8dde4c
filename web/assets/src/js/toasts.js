// What just happened, for six seconds; it waits while one reads it.
const STAYS = 6000;

export function startToasts() {
  const region = document.querySelector('[data-toasts]');
  if (!region) return;
  for (const toast of region.querySelectorAll('[data-toast]')) leaveLater(toast);
  region.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) event.target.closest('[data-toast]').remove();
  });
}

function leaveLater(toast) {
  let wait = setTimeout(() => leave(toast), STAYS);
  toast.addEventListener('pointerenter', () => clearTimeout(wait));
  toast.addEventListener('pointerleave', () => { wait = setTimeout(() => leave(toast), STAYS); });
}

function leave(toast) {
  toast.classList.add('is-leaving');
  setTimeout(() => toast.remove(), 250);
}
