// Sentences of scripts come from the page, in the reader's language.
const words = () => document.getElementById('words')?.dataset ?? {};

/** The sentence `name`, with `{gaps}` filled. */
export function say(name, facts = {}) {
  const sentence = words()[name] ?? '';
  return sentence.replace(/\{(\w+)\}/g, (gap, key) => facts[key] ?? gap);
}

/** Digits of the page's language. */
export function digits(text) {
  if (document.documentElement.lang !== 'fa') return String(text);
  return String(text).replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[digit]);
}

/** Now as hours and minutes. */
export function clock(at = new Date()) {
  return digits(`${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`);
}
