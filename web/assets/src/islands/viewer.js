// A process on its diagram: bpmn-js, read only, with our states on it. A map, so left to right in both languages.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { say } from '../js/words.js';

export async function mount(root) {
  const canvasHost = root.querySelector('[data-canvas]');
  await loadSheet(root.dataset.css);
  const answer = await fetch(root.dataset.xmlUrl);
  if (!answer.ok) return fail(canvasHost);
  const viewer = new NavigatedViewer({ container: canvasHost, textRenderer: { defaultStyle: { fontFamily: 'Vazirmatn Variable' } } });
  if (document.documentElement.lang === 'en') viewer.on('import.parse.complete', ({ elementsById }) => speakEnglish(elementsById));
  try {
    await document.fonts.load('13px "Vazirmatn Variable"', 'فرایند');
    await viewer.importXML(await answer.text());
  } catch (error) {
    viewer.destroy();
    console.error(error);
    return fail(canvasHost);
  }
  markLanes(viewer);
  markStates(viewer, JSON.parse(root.dataset.states || '{}'));
  writeNotes(viewer, JSON.parse(root.dataset.notes || '{}'));
  fit(viewer);
  openAt(viewer, root.dataset.here);
  wireZoom(viewer, root.querySelector('[data-zoom]'));
  wireLinks(viewer, root);
  root.dispatchEvent(new CustomEvent('diagram:ready', { bubbles: true }));
}

/** Names of an English page come from `ravand:label en`, where the designer wrote one. */
function speakEnglish(elementsById) {
  for (const element of Object.values(elementsById ?? {})) {
    const label = element.extensionElements?.values?.find((one) => one.$type === 'ravand:label');
    if (label?.en) element.name = label.en;
  }
}

function fail(host) {
  host.classList.add('rv-canvas--text');
  host.textContent = say('diagramFailed');
}

function loadSheet(href) {
  if (!href || document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

/** Pools and lanes are ground, not steps: they get no fill. */
function markLanes(viewer) {
  const canvas = viewer.get('canvas');
  for (const element of viewer.get('elementRegistry').getAll()) {
    if (/bpmn:(Lane|Participant|SubProcess|TextAnnotation|Group)$/.test(element.type ?? '') && !element.collapsed) canvas.addMarker(element, 's-lane');
  }
}

function markStates(viewer, states) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, { state, badge, title }] of Object.entries(states)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, `s-${state}`);
    if (badge) overlays.add(id, { position: placeOf(element), html: badgeOf(badge, state, title) });
  }
  // a walked line joins two done steps
  for (const flow of registry.filter((one) => one.type === 'bpmn:SequenceFlow')) {
    const from = states[flow.source?.id]?.state;
    const to = states[flow.target?.id]?.state;
    if (from === 'done' && to) canvas.addMarker(flow.id, 's-done');
  }
}

/** A badge sits on a shape's corner; on a flow, in the middle of its way. */
function placeOf(element) {
  if (!element.waypoints) return { top: -8, left: element.width - 14 };
  const [at, box] = [middleOf(element.waypoints), boxOf(element.waypoints)];
  return { top: at.y - box.y, left: at.x - box.x };
}

function boxOf(points) {
  return { x: Math.min(...points.map((one) => one.x)), y: Math.min(...points.map((one) => one.y)) };
}

function middleOf(points) {
  const lengths = points.slice(1).map((to, i) => Math.hypot(to.x - points[i].x, to.y - points[i].y));
  let left = lengths.reduce((sum, one) => sum + one, 0) / 2;
  for (const [i, length] of lengths.entries()) {
    if (left <= length && length > 0) {
      const part = left / length;
      return { x: points[i].x + part * (points[i + 1].x - points[i].x), y: points[i].y + part * (points[i + 1].y - points[i].y) };
    }
    left -= length;
  }
  return points[0];
}

const MARK = 24; // the task's own sign in the corner

/** Who does each step and until when, at the top of its box; too small a drawing shows none. */
function writeNotes(viewer, notes) {
  const overlays = viewer.get('overlays');
  for (const [id, text] of Object.entries(notes)) {
    const element = viewer.get('elementRegistry').get(id);
    if (!element) continue;
    const note = document.createElement('div');
    note.className = 'rv-stepnote';
    note.dir = 'auto';
    note.textContent = text;
    note.style.inlineSize = `${element.width - MARK - 6}px`;
    overlays.add(id, { position: { top: 3, left: MARK }, show: { minZoom: 0.5 }, html: note });
  }
}

function badgeOf(text, state, title) {
  const badge = document.createElement('span');
  badge.className = `rv-badge rv-badge--${state}`;
  badge.textContent = text;
  badge.dir = 'auto';
  if (title) badge.title = title;
  return badge;
}

function fit(viewer) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const box = canvas.viewbox(); // not flush with the frame
  canvas.viewbox({ x: box.x - box.width * 0.02, y: box.y - box.height * 0.02, width: box.width * 1.04, height: box.height * 1.04 });
  if (canvas.zoom() > 1.2) canvas.zoom(1.2);
}

/** Open at the current step; where the whole would be too small to read, come closer to it. */
function openAt(viewer, id) {
  const canvas = viewer.get('canvas');
  const element = id && viewer.get('elementRegistry').get(id);
  if (!element) return;
  canvas.addMarker(id, 's-here');
  if (canvas.zoom() >= 0.57) return;
  canvas.zoom(0.75);
  const box = canvas.viewbox();
  const left = element.type === 'bpmn:StartEvent' ? 0.12 : 0.5; // what follows a start stands at its right
  canvas.viewbox({
    x: element.x + element.width / 2 - box.width * left,
    y: element.y + element.height / 2 - box.height / 2,
    width: box.width,
    height: box.height
  });
}

function wireZoom(viewer, tools) {
  if (!tools) return;
  const canvas = viewer.get('canvas');
  tools.hidden = false;
  tools.addEventListener('click', (event) => {
    const by = event.target.closest('[data-by]')?.dataset.by;
    if (by === 'fit') fit(viewer);
    if (by === 'in') canvas.zoom(Math.min(4, canvas.zoom() * 1.25));
    if (by === 'out') canvas.zoom(Math.max(0.2, canvas.zoom() / 1.25));
  });
}

/** data-link="/…/{id}": a click on a step follows it; others may listen to diagram:element. */
function wireLinks(viewer, root) {
  viewer.on('element.click', ({ element }) => {
    root.dispatchEvent(new CustomEvent('diagram:element', { bubbles: true, detail: { id: element.id } }));
    if (root.dataset.link) location.assign(root.dataset.link.replace('{id}', encodeURIComponent(element.id)));
  });
}
