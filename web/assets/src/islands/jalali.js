// Jalali and Gregorian days through the browser's own calendars; no table of leap years of ours.
const PARTS = new Intl.DateTimeFormat('en-u-ca-persian-nu-latn', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' });
const DAY = 86_400_000;

/** UTC midnight of a day -> [year, month, day] in the Jalali calendar. */
export function toJalali(time) {
  const found = {};
  for (const { type, value } of PARTS.formatToParts(time)) found[type] = parseInt(value, 10);
  return [found.year, found.month, found.day];
}

/** Jalali year, month, day -> UTC midnight; NaN when there is no such day. */
export function fromJalali(year, month, day) {
  // 1 Farvardin is 20, 21 or 22 March: begin near and walk the last days.
  const months = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  let time = Date.UTC(year + 621, 2, 20) + (months + day - 1) * DAY;
  for (let tries = 0; tries < 6; tries += 1) {
    const [y, m, d] = toJalali(time);
    if (y === year && m === month && d === day) return time;
    time += DAY;
  }
  return NaN;
}

/** "۱۴۰۵/۹/۷", "1405-09-07" or "2026-11-28" -> UTC midnight, else NaN. */
export function parseDay(text) {
  const plain = text.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  const match = plain.trim().match(/^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/);
  if (!match) return NaN;
  const [year, month, day] = match.slice(1).map(Number);
  return year > 1700 ? Date.UTC(year, month - 1, day) : fromJalali(year, month, day);
}
