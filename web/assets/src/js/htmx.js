// htmx 4 with our CSRF token on every request it makes.
import htmx from 'htmx.org';

window.htmx = htmx;

document.addEventListener('htmx:config:request', (event) => {
  const { ctx } = event.detail;
  ctx.request.headers['X-CSRFToken'] = document.body.dataset.csrf;
});
