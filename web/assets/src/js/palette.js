// Ctrl K: pages at once, work and files as they are found. One list box, moved by arrows.
import { say } from './words.js';

const FOLD = { 'ي': 'ی', 'ك': 'ک', 'ة': 'ه', 'ۀ': 'ه', '\u200c': ' ' };

export function startPalette() {
  const box = document.getElementById('palette');
  if (!box) return;
  const input = box.querySelector('input');
  const list = box.querySelector('[role="listbox"]');
  const pages = pagesOf(document.querySelectorAll('.rv-nav__item[href]'));
  let wait;
  input.addEventListener('input', () => {
    show(list, pages, input.value, []);
    clearTimeout(wait);
    wait = setTimeout(() => find(box, list, pages, input.value), 180);
  });
  input.addEventListener('keydown', (event) => move(event, list, input));
  list.addEventListener('click', (event) => open(event.target.closest('[role="option"]')));
  box.addEventListener('close', () => { input.value = ''; show(list, pages, '', []); });
  new MutationObserver(() => box.open && show(list, pages, input.value, [])).observe(box, { attributeFilter: ['open'] });
}

/** The navigation's entries as options. */
function pagesOf(entries) {
  return [...entries].map((entry) => {
    const option = document.createElement('div');
    const text = document.createElement('span');
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.dataset.href = entry.href;
    option.dataset.words = text.textContent = entry.querySelector('.rv-nav__text').textContent;
    text.className = 'rv-clip';
    option.append(entry.querySelector('svg').cloneNode(true), text);
    return option;
  });
}

function fold(text) {
  return text.toLowerCase().replace(/[يكةۀ\u200c]/g, (letter) => FOLD[letter])
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0)).trim();
}

function show(list, pages, query, found) {
  const wanted = fold(query.replace(/^>/, ''));
  const matching = pages.filter((page) => fold(page.dataset.words).includes(wanted));
  list.replaceChildren(...found, ...matching);
  if (!list.children.length) {
    const nothing = document.createElement('div');
    nothing.className = 'rv-menu__title';
    nothing.textContent = say('nothingFound');
    list.append(nothing);
  }
  number(list);
  pick(list, list.querySelector('[role="option"]'));
}

async function find(box, list, pages, query) {
  if (!query.trim() || query.startsWith('>')) return;
  const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(query)}`, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok || box.querySelector('input').value !== query) return;
  const holder = document.createElement('template');
  holder.innerHTML = await answer.text();
  show(list, pages, query, [...holder.content.children]);
}

function number(list) {
  [...list.querySelectorAll('[role="option"]')].forEach((option, index) => { option.id = `cmd-${index}`; });
}

function pick(list, option) {
  for (const other of list.querySelectorAll('[aria-selected="true"]')) other.setAttribute('aria-selected', 'false');
  const input = list.parentElement.querySelector('input');
  if (!option) return input.removeAttribute('aria-activedescendant');
  option.setAttribute('aria-selected', 'true');
  option.scrollIntoView({ block: 'nearest' });
  input.setAttribute('aria-activedescendant', option.id);
}

function move(event, list) {
  const options = [...list.querySelectorAll('[role="option"]')];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    pick(list, options[(at + steps[event.key] + options.length) % options.length]);
  }
  if (event.key === 'Enter') {
    event.preventDefault();
    open(options[at]);
  }
}

function open(option) {
  if (option?.dataset.href) location.assign(option.dataset.href);
}
