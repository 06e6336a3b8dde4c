// A calendar beside a date field, which stays typeable: a grid for mouse and arrows, in the reader's calendar.
import { digits, say } from '../js/words.js';
import { fromJalali, parseDay, toJalali } from './jalali.js';

const DAY = 86_400_000;
const STEPS = { ArrowUp: -7, ArrowDown: 7, PageUp: -30, PageDown: 30 };

export function mount(input) {
  // Forms of processes are typed in Jalali in both languages, our own pages in the reader's calendar.
  const persian = 'jdp' in input.dataset || document.documentElement.lang === 'fa';
  const given = document.querySelector(`[data-open-picker="${input.id}"]`);
  const button = given ?? drawButton(input);
  button.hidden = false;
  button.addEventListener('click', () => openCalendar(input, button, persian));
}

function drawButton(input) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-quiet';
  button.setAttribute('aria-label', say('openCalendar'));
  button.innerHTML = '<svg class="bi" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.3" aria-hidden="true"><path d="M2 3.5h12v10.5H2zM2 6.5h12M5 1.5v3M11 1.5v3"/></svg>';
  affix(input).append(button);
  return button;
}

/** The box that holds field and button; ours, or a new one around the field. */
function affix(input) {
  if (input.parentElement.classList.contains('rv-affix')) return input.parentElement;
  const box = document.createElement('div');
  box.className = 'rv-affix';
  input.replaceWith(box);
  box.append(input);
  return box;
}

function openCalendar(input, button, persian) {
  document.querySelector('.rv-cal')?.remove();
  const box = document.createElement('dialog');
  box.className = 'rv-cal';
  box.setAttribute('aria-label', say('openCalendar'));
  const today = Date.parse(new Date().toLocaleDateString('en-CA'));
  const typed = parseDay(input.value.split(' ')[0]);
  const state = { at: Number.isNaN(typed) ? today : typed, today, chosen: typed, persian };
  const write = (time) => {
    const hour = input.dataset.picker === 'date-time' ? ` ${input.value.split(' ')[1] ?? digits('9:00')}` : '';
    input.value = Number.isNaN(time) ? '' : format(time, persian) + hour;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
    box.close();
  };
  box.addEventListener('keydown', (event) => onKey(event, box, state, write));
  box.addEventListener('click', (event) => onClick(event, box, state, write));
  box.addEventListener('close', () => { box.remove(); button.focus(); });
  document.body.append(box);
  draw(box, state);
  box.showModal();
  place(box, input);
  focusDay(box);
}

function place(box, input) {
  const field = input.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const below = field.bottom + 4 + size.height < innerHeight ? field.bottom + 4 : Math.max(8, field.top - size.height - 4);
  const side = document.dir === 'rtl' ? field.right - size.width : field.left;
  box.style.inset = `${below}px auto auto ${Math.min(Math.max(8, side), innerWidth - size.width - 8)}px`;
}

function format(time, persian) {
  if (!persian) return new Date(time).toISOString().slice(0, 10);
  const [year, month, day] = toJalali(time);
  return digits(`${year}/${String(month).padStart(2, '0')}/${String(day).padStart(2, '0')}`);
}

function monthStart({ at, persian }) {
  if (!persian) return Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth(), 1);
  const [year, month] = toJalali(at);
  return fromJalali(year, month, 1);
}

function draw(box, state) {
  const language = { fa: 'fa-IR', en: 'en-GB' }[document.documentElement.lang] + (state.persian ? '-u-ca-persian' : '-u-ca-gregory');
  const month = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'narrow', timeZone: 'UTC' });
  const whole = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  const start = monthStart(state);
  const first = state.persian ? 6 : 1; // weeks begin on Saturday, or on Monday
  const lead = (new Date(start).getUTCDay() - first + 7) % 7;
  const length = (nextMonth(start, state, 1) - start) / DAY;
  const cells = [];
  for (let index = 0; index < Math.ceil((lead + length) / 7) * 7; index += 1) {
    const time = start + (index - lead) * DAY;
    cells.push(index < lead || index >= lead + length ? '<td></td>' : dayCell(time, state, whole));
  }
  const weeks = cells.map((cell, index) => (index % 7 === 0 ? '<tr>' : '') + cell + (index % 7 === 6 ? '</tr>' : ''));
  const heads = [...Array(7).keys()].map((index) => `<th scope="col">${weekday.format(Date.UTC(2023, 0, 1 + first + index))}</th>`);
  box.innerHTML = `<div class="rv-cal__head"><button type="button" class="btn btn-quiet btn-icon btn-sm" data-month="-1" aria-label="${say('previousMonth')}">${arrow(true)}</button><b aria-live="polite">${month.format(start)} ${digits(yearOf(start, state.persian))}</b><button type="button" class="btn btn-quiet btn-icon btn-sm" data-month="1" aria-label="${say('nextMonth')}">${arrow(false)}</button></div><table><thead><tr>${heads.join('')}</tr></thead><tbody>${weeks.join('')}</tbody></table><div class="rv-cal__foot"><button type="button" class="btn btn-quiet btn-sm" data-time="${state.today}">${say('today')}</button><button type="button" class="btn btn-quiet btn-sm" data-time="NaN">${say('clear')}</button></div>`;
}

function arrow(back) {
  return `<svg class="bi flip" viewBox="0 0 16 16" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.6" d="${back ? 'M10 3 5 8l5 5' : 'm6 3 5 5-5 5'}"/></svg>`;
}

function dayCell(time, state, whole) {
  const number = state.persian ? toJalali(time)[2] : new Date(time).getUTCDate();
  const off = new Date(time).getUTCDay() === (state.persian ? 5 : 0) ? ' class="is-off"' : '';
  const now = time === state.today ? ' aria-current="date"' : '';
  return `<td><button type="button" tabindex="${time === state.at ? 0 : -1}" data-time="${time}" aria-label="${whole.format(time)}" aria-pressed="${time === state.chosen}"${now}${off}>${digits(number)}</button></td>`;
}

function yearOf(time, persian) {
  return persian ? toJalali(time)[0] : new Date(time).getUTCFullYear();
}

/** The first day of the month `by` months away. */
function nextMonth(start, state, by) {
  return monthStart({ ...state, at: start + (by > 0 ? 32 : -1) * DAY });
}

function focusDay(box) {
  box.querySelector('td button[tabindex="0"]')?.focus();
}

function onClick(event, box, state, write) {
  if (event.target === box) return box.close();
  const turn = event.target.closest('[data-month]');
  const day = event.target.closest('[data-time]');
  if (turn) {
    state.at = nextMonth(monthStart(state), state, Number(turn.dataset.month));
    draw(box, state);
    box.querySelector(`[data-month="${turn.dataset.month}"]`).focus();
  }
  if (day) write(Number(day.dataset.time));
}

function onKey(event, box, state, write) {
  const forward = document.dir === 'rtl' ? -1 : 1;
  const by = { ...STEPS, ArrowRight: forward, ArrowLeft: -forward }[event.key];
  if (by) {
    event.preventDefault();
    state.at += by * DAY;
    draw(box, state);
    focusDay(box);
  }
  if (event.key === 'Enter' && event.target.dataset.time) {
    event.preventDefault();
    write(Number(event.target.dataset.time));
  }
}
