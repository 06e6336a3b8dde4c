// An island is fetched only by the page that holds it; when it fails, the page stays usable.
const ISLANDS = {
  'bpmn-viewer': () => import('../islands/viewer.js'),
  'jalali-date': () => import('../islands/date.js')
};

/** Mount every island under `root` that is not mounted yet; date fields of forms say data-jdp. */
export function mountIslands(root) {
  for (const element of root.querySelectorAll(':is([data-island], [data-jdp]):not([data-mounted])')) {
    const load = ISLANDS[element.dataset.island ?? 'jalali-date'];
    if (!load) continue;
    element.dataset.mounted = '';
    load().then(({ mount }) => mount(element)).catch((error) => {
      element.dataset.failed = '';
      console.error(`island ${element.dataset.island}`, error);
    });
  }
}
