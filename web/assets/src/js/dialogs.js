// data-open="id" opens a dialog, data-close closes it; focus returns by itself.
export function openDialog(id) {
  const box = document.getElementById(id);
  if (!box) return null;
  if (box.open) box.close();
  box.showModal();
  return box;
}

export function startDialogs() {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-open]');
    if (opener) openDialog(opener.dataset.open);
    if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
    if (event.target.matches?.('dialog') && event.target.open) event.target.close();
  });
  // a dialog the server had to show open becomes a real one
  for (const box of document.querySelectorAll('dialog[open]')) openDialog(box.id);
  document.querySelector('[data-focus], [data-form-summary]')?.focus();
}
