// Counts refresh by server-sent events, from the visible tab only; the page itself never moves under the reader.
import { digits, say } from './words.js';

export function startLive() {
  const url = document.body.dataset.live;
  if (!url || !window.EventSource) return;
  let stream;
  const listen = () => {
    stream = new EventSource(url);
    stream.addEventListener('error', () => stream?.readyState === EventSource.CLOSED && pollInstead());
    stream.addEventListener('counts', (event) => showCounts(JSON.parse(event.data)));
    stream.addEventListener('changed', (event) => {
      document.body.dispatchEvent(new CustomEvent('live', { detail: JSON.parse(event.data || '{}') }));
    });
  };
  const pause = () => { stream?.close(); stream = undefined; };
  document.addEventListener('visibilitychange', () => (document.hidden ? pause() : stream ?? listen()));
  window.addEventListener('pagehide', pause);
  if (!document.hidden) setTimeout(listen, 800);
}

/** All streams are taken: ask now and then. */
function pollInstead() {
  setTimeout(async () => {
    if (document.hidden) return pollInstead();
    const answer = await fetch(document.body.dataset.polls, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer?.ok) showCounts(await answer.json());
    if (!answer || answer.ok) pollInstead();
  }, 30_000);
}

function showCounts(counts) {
  for (const badge of document.querySelectorAll('[data-count]')) {
    const count = counts[badge.dataset.count] ?? 0;
    const before = Number(badge.dataset.value ?? NaN);
    badge.dataset.value = count;
    badge.textContent = tally(count);
    badge.hidden = count === 0;
    if (badge.dataset.count === 'inbox' && count > before) offerNew();
  }
  const ping = document.querySelector('[data-ping]');
  if (ping && 'notices' in counts) ping.hidden = !counts.notices;
}

/** Counts stop at a thousand: then there are so many or more. */
function tally(count) {
  return digits(count) + (count === 1000 ? '+' : '');
}

/** New rows arrive as a line on top of the list, never by themselves. */
function offerNew() {
  const list = document.querySelector('[data-list="inbox"]');
  if (!list || list.querySelector('.rv-new')) return;
  const button = document.createElement('button');
  button.className = 'rv-new';
  button.type = 'button';
  button.textContent = say('newWork');
  button.addEventListener('click', () => location.reload());
  list.prepend(button);
}
