// <label data-drop for="file field">: files may be dropped on it; the chosen ones are named in it.
export function startDrop() {
  document.addEventListener('change', (event) => {
    const label = labelOf(event.target);
    if (label) name(label, event.target.files);
  });
  for (const kind of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, (event) => {
      const label = event.target.closest?.('label[data-drop]');
      if (!label) return;
      event.preventDefault();
      label.classList.toggle('is-over', kind === 'dragover');
      if (kind === 'drop') take(label, event.dataTransfer.files);
    });
  }
}

function labelOf(field) {
  return field.type === 'file' ? document.querySelector(`label[data-drop][for="${CSS.escape(field.id)}"]`) : null;
}

function take(label, files) {
  const field = document.getElementById(label.htmlFor);
  if (!field || !files.length) return;
  field.files = files;
  name(label, files);
}

function name(label, files) {
  const place = label.querySelector('[data-drop-names]');
  if (place && files.length) place.textContent = [...files].map((file) => file.name).join(' · ');
}
