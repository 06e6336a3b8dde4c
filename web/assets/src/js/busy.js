// A sent form cannot be sent twice, and its button turns with the same width.
export function startBusy() {
  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    if ((form.method || 'get') !== 'post') return;
    form.dataset.sent = '';
    // after the browser has read the button's value
    setTimeout(() => event.submitter?.setAttribute('aria-busy', 'true'), 0);
  });
  // back from the browser's memory: everything works again
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
    for (const button of document.querySelectorAll('[aria-busy="true"]')) button.removeAttribute('aria-busy');
  });
}
