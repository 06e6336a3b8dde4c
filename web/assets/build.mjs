// Bundle Ravand's style sheets, scripts, islands and fonts: node build.mjs (called by `python -m web.assets build`).
// Out: web/static/dist (hashed names, manifest.json, icons.json) and build/fonts (TTF for PDFs).
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const OUT = join(ROOT, 'web/static/dist');
const MODULES = join(HERE, 'node_modules');
const ENTRIES = {
  app: 'src/css/app.css',
  'diagram-view': 'src/css/diagram-view.css',
  main: 'src/js/main.js',
  theme: 'src/js/theme.js'
};

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const result = await bundle();
await writeJson('manifest.json', manifest(result.metafile));
await writeJson('icons.json', await icons());
await fonts();

/** ES modules with shared chunks: an island is fetched only by the page that holds it. */
function bundle() {
  return build({
    absWorkingDir: HERE,
    entryPoints: Object.entries(ENTRIES).map(([out, path]) => ({ in: path, out })),
    outdir: OUT,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    metafile: true,
    legalComments: 'linked',
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[name]-[hash]',
    assetNames: 'files/[name]-[hash]',
    loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' }
  });
}

/** `app.css` -> `app-5ZK3.css`, for Python's asset(). */
function manifest(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const name = relative(OUT, resolve(HERE, path));
    if (output.entryPoint) {
      const entry = Object.entries(ENTRIES).find(([, source]) => source === output.entryPoint);
      if (entry) names[entry[0] + name.slice(name.lastIndexOf('.'))] = name;
    } else if (/vazirmatn-arabic-wght.*woff2$/.test(name)) {
      names['vazirmatn.woff2'] = name;
    }
  }
  return names;
}

/** The inside of every icon whose name stands quoted in a template or a Python file. */
async function icons() {
  const folder = join(MODULES, 'bootstrap-icons/icons');
  const known = new Set((await readdir(folder)).map((file) => basename(file, '.svg')));
  const used = new Set();
  for (const file of await sources()) {
    const text = await readFile(file, 'utf8');
    for (const [, name] of text.matchAll(/["']([a-z][a-z0-9-]+)["']/g)) {
      if (known.has(name)) used.add(name);
    }
  }
  const drawn = {};
  for (const name of [...used].sort()) {
    const svg = await readFile(join(folder, `${name}.svg`), 'utf8');
    drawn[name] = svg.replace(/^[\s\S]*?<svg[^>]*>\s*/, '').replace(/\s*<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
  }
  return drawn;
}

async function sources() {
  const found = [];
  for (const folder of ['web', 'forms', 'crm', 'reports']) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isFile() && /\.(html|py)$/.test(entry.name) && !path.includes('node_modules')) found.push(path);
    }
  }
  return found;
}

/** Static Vazirmatn for the PDF renderer, which cannot read variable fonts. */
async function fonts() {
  const target = join(ROOT, 'build/fonts');
  await mkdir(target, { recursive: true });
  for (const weight of ['Regular', 'Bold']) {
    const name = `Vazirmatn-${weight}.ttf`;
    await copyFile(join(MODULES, 'vazirmatn/fonts/ttf', name), join(target, name));
  }
}

function writeJson(name, data) {
  return writeFile(join(OUT, name), `${JSON.stringify(data, null, 1)}\n`);
}
