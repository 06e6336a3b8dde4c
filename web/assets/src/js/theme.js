// Runs before the first paint: "auto" follows the system, and later changes of it.
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

function paint() {
  if (root.dataset.theme === 'auto') root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
}

paint();
dark.addEventListener('change', paint);
