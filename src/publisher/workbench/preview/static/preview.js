// The reader's side of the preview: lists, pages with their text, findings; told by the server when something has changed.
const $ = (id) => document.getElementById(id);
const TOKEN = document.querySelector('meta[name="preview-token"]').content;
const HAS_EDITOR = Boolean(document.querySelector('meta[name="preview-editor"]').content);
const WORDS = { error: '须改', review: '待核' };
const measure = document.createElement('canvas').getContext('2d');

const state = { view: null, books: null, queries: [], severity: '', query: -1, zoom: 0, place: null, marks: null, round: 0 };

const ask = async (path, query = {}) => {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`);
  return answer.ok ? answer.json() : null;
};
const make = (tag, { text, name, ...rest } = {}, ...children) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  for (const [key, value] of Object.entries(rest)) made.setAttribute(key, value);
  made.append(...children.filter(Boolean));
  return made;
};
const at = (place) => `${place.path}:${place.line}${place.column ? `:${place.column}` : ''}`;
const sameView = (one, other) => one && other && one.volume === other.volume && one.section === other.section;

// -- volumes and cases ------------------------------------------------------------------------------------------------
async function loadBooks() {
  state.books = await ask('/api/books');
  drawList();
  drawProblems();
  drawTitle();
}

function badges(item) {
  return [['error', item.errors], ['review', item.reviews]].filter(([, count]) => count)
    .map(([kind, count]) => make('span', { name: `badge ${kind}`, text: count, title: `${WORDS[kind]} ${count} 处`, 'aria-label': `${WORDS[kind]}${count}处` }));
}

function drawList() {
  const wanted = $('search').value.trim().toLowerCase();
  const focused = document.activeElement?.dataset?.view;
  const fits = (item) => !wanted || item.kind !== 'part' && `${item.number ? `例${item.number}` : ''} ${item.title} ${item.id}`.toLowerCase().includes(wanted);
  const entry = (volume, item, name) => {
    const view = { volume, section: item.section ?? item.id };
    const button = make('button', { type: 'button', 'data-view': JSON.stringify(view) },
      item.number ? make('span', { name: 'number', text: item.number }) : null, make('span', { name: 'name', text: name }), ...badges(item));
    if (sameView(view, state.view)) button.setAttribute('aria-current', 'true');
    return button;
  };
  const volumes = state.books.volumes.map((volume) => {
    const groups = volume.groups.flatMap((group) => {
      const found = group.sections.filter(fits);
      return found.length ? [make('h3', { text: group.title }), ...found.map((item) => entry(volume.id, item, item.kind === 'part' ? '部分扉页' : item.id === 'half-title' ? '书名页' : item.title))] : [];
    });
    if (wanted && !groups.length) return null;
    return make('div', { name: 'volume' }, entry(volume.id, { ...volume, section: '', number: '' }, volume.title), ...groups);
  }).filter(Boolean);
  $('list').replaceChildren(...(volumes.length ? volumes : [make('p', { name: 'none', text: wanted ? '没有找到' : '没有可看的卷' })]));
  if (focused) [...$('list').querySelectorAll('button')].find((button) => button.dataset.view === focused)?.focus();
}

function drawTitle() {
  const volume = state.books?.volumes.find((one) => one.id === state.view?.volume);
  const section = volume?.groups.flatMap((group) => group.sections).find((one) => one.id === state.view.section);
  $('title').textContent = section ? `${section.number ? `例${section.number}　` : ''}${section.title}` : volume?.title ?? '病例集预览';
  document.title = `${$('title').textContent} · 预览`;
}

async function choose(view) {
  if (sameView(view, state.view)) { closeDrawers(); return; }
  state.view = view;
  state.query = -1;
  state.marks = null;
  history.replaceState(null, '', `#${view.volume}/${view.section}`);
  $('sheets').replaceChildren();
  $('pages').scrollTop = 0;
  $('source').hidden = true;
  drawList();
  drawTitle();
  $('list').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  closeDrawers();
  $('state').textContent = '正在排版…';
  await Promise.all([loadPages(), loadFindings()]);
}

// -- what is wrong with the sources -----------------------------------------------------------------------------------
function drawProblems() {
  const problems = state.books?.problems ?? [];
  if (!problems.length) { $('problems').replaceChildren(); return; }
  $('problems').replaceChildren(
    make('h2', {}, make('i', { name: 'icon octagon-alert' }), document.createTextNode(`来源有误 ${problems.length} 处；下面仍是上次排好的页`)),
    ...problems.slice(0, 20).map((problem) => {
      const button = make('button', { type: 'button', name: 'at', text: at(problem) });
      button.addEventListener('click', () => showSource(problem, true));
      return make('article', {}, button, make('p', { text: `${problem.message}（${problem.code}）` }),
        problem.found ? make('p', { name: 'hint', text: `见到：${problem.found}` }) : null,
        problem.hint ? make('p', { name: 'hint', text: `建议：${problem.hint}` }) : null,
        problem.frame.length ? make('pre', { text: problem.frame.join('\n') }) : null);
    }));
}

// -- pages ------------------------------------------------------------------------------------------------------------
const pixels = () => Math.max(1, window.devicePixelRatio || 1);
const scale = (page) => {
  const room = $('pages').clientWidth - 2 * parseFloat(getComputedStyle($('pages')).paddingLeft);
  return state.zoom || Math.min(room / page.width, 1.6);
};

async function loadPages() {
  const view = state.view;
  const round = ++state.round;
  const answer = await ask('/api/sections', view);
  if (round !== state.round || !sameView(view, state.view)) return;
  if (!answer) { $('state').textContent = '这一节已不在书中'; return; }
  const anchor = anchored();
  const known = new Map([...$('sheets').children].map((section) => [section.dataset.id, section]));
  $('sheets').replaceChildren(...answer.sections.map((section) => {
    const holder = known.get(section.id) ?? make('div', { name: 'section', 'data-id': section.id });
    reconcile(holder, section);
    return holder;
  }));
  keep(anchor);
  const count = answer.sections.reduce((sum, section) => sum + section.pages.length, 0);
  $('state').textContent = answer.waiting ? '全卷页码正在排定…' : count ? `共 ${count} 页` : '还没有可看的页';
  $('sheets').dataset.version = String(round);
  drawFolio();
  drawMarks();
}

function reconcile(holder, section) {
  holder.title_ = section.title;
  section.pages.forEach((page, index) => {
    let sheet = holder.children[index];
    if (!sheet) {
      sheet = make('figure', { name: 'page', role: 'group' }, make('img', { alt: '' }), make('div', { name: 'layer text' }), make('div', { name: 'layer marks' }));
      holder.append(sheet);
      seen.observe(sheet);
    }
    sheet.setAttribute('aria-label', `${section.title}，第 ${section.first + index} 页`);
    sheet.classList.toggle('stale', section.stale);
    sheet.page = { ...page, section: section.id, index, number: section.first + index };
    size(sheet);
    if (sheet.shown !== page.key && sheet.visible) fill(sheet);
  });
  while (holder.children.length > section.pages.length) { seen.unobserve(holder.lastChild); holder.lastChild.remove(); }
}

function size(sheet) {
  const by = scale(sheet.page);
  sheet.style.width = `${sheet.page.width * by}px`;
  sheet.style.height = `${sheet.page.height * by}px`;
  for (const layer of sheet.querySelectorAll('.layer')) layer.style.transform = `scale(${by})`;
}

// The old picture stays until the new one is ready to be seen.
async function fill(sheet) {
  const { key, width } = sheet.page;
  const wide = Math.round(width * scale(sheet.page) * pixels());
  sheet.shown = key;
  sheet.wide = wide;
  const next = new Image();
  next.src = `/pages/${key}.png?width=${wide}`;
  const texts = ask(`/pages/${key}.json`);
  try { await next.decode(); } catch { if (sheet.page.key === key) sheet.shown = null; return; }
  if (sheet.page.key !== key || sheet.wide !== wide) return;
  next.alt = '';
  sheet.querySelector('img').replaceWith(next);
  sheet.dataset.key = key;
  const runs = await texts;
  if (sheet.page.key === key && runs) layText(sheet.querySelector('.text'), runs);
}

function layText(layer, runs) {
  layer.replaceChildren(...runs.map(([text, x, y, width, height]) => {
    const size = height / 1.1;
    measure.font = `${size}px sans-serif`;
    const span = make('span', { text });
    span.style.cssText = `left:${x}px;top:${y}px;font-size:${size}px;transform:scaleX(${width / (measure.measureText(text).width || 1)})`;
    return span;
  }).flatMap((span) => [span, document.createTextNode('\n')]));
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    target.visible = isIntersecting;
    if (isIntersecting && target.shown !== target.page.key) fill(target);
  }
}, { root: $('pages'), rootMargin: '60% 0px' });

const sheets = () => [...document.querySelectorAll('.page')];
function current() {
  const box = $('pages').getBoundingClientRect();
  const middle = box.top + box.height / 3;
  return sheets().find((sheet) => sheet.getBoundingClientRect().bottom > middle) ?? sheets().at(-1);
}
function anchored() {
  const sheet = current();
  return sheet ? { section: sheet.page.section, index: sheet.page.index, top: sheet.getBoundingClientRect().top, scroll: $('pages').scrollTop } : null;
}
function keep(anchor) {
  if (!anchor) return;
  const sheet = find(anchor.section, anchor.index);
  if (sheet) $('pages').scrollTop += sheet.getBoundingClientRect().top - anchor.top;
}
const find = (section, index) => sheets().find((sheet) => sheet.page.section === section && sheet.page.index === index);

function drawFolio() {
  const sheet = current();
  const all = sheets();
  $('folio').textContent = sheet ? `${all.indexOf(sheet) + 1} / ${all.length}` : '';
}

function resize(zoom) {
  const anchor = current();
  const place = anchor ? ($('pages').getBoundingClientRect().top - anchor.getBoundingClientRect().top) / anchor.offsetHeight : 0;
  state.zoom = zoom;
  for (const sheet of sheets()) {
    size(sheet);
    if (sheet.visible) fill(sheet); else sheet.shown = null;
  }
  if (anchor) $('pages').scrollTop += anchor.getBoundingClientRect().top - $('pages').getBoundingClientRect().top + place * anchor.offsetHeight;
}

function turn(step) {
  const all = sheets();
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + step))];
  next?.scrollIntoView({ block: 'start' });
}

// -- from a page to the source ----------------------------------------------------------------------------------------
$('sheets').addEventListener('click', async (event) => {
  const sheet = event.target.closest('.page');
  if (!sheet || String(getSelection())) return;
  const box = sheet.getBoundingClientRect();
  const by = box.width / sheet.page.width;
  const spot = { key: sheet.page.key, x: (event.clientX - box.left) / by, y: (event.clientY - box.top) / by };
  const found = await ask('/api/source', spot);
  if (!found) { $('state').textContent = '此处不是来源中的文字'; return; }
  state.marks = { view: { volume: state.view.volume, section: sheet.page.section }, place: found, found: '', spot: true };
  showSource(found, HAS_EDITOR);
  drawMarks();
});

function showSource(place, openIt = false) {
  state.place = { path: place.path, line: place.line, column: place.column };
  $('where').textContent = at(place);
  $('frame').textContent = (place.frame ?? []).join('\n');
  $('frame').hidden = !place.frame?.length;
  const anchor = anchored();
  $('source').hidden = false;
  keep(anchor);
  if (openIt && HAS_EDITOR) openSource();
}

async function openSource() {
  if (!state.place) return;
  const answer = await fetch('/api/open', { method: 'POST', headers: { 'content-type': 'application/json', 'x-preview-token': TOKEN }, body: JSON.stringify(state.place) });
  $('state').textContent = (await answer.json()).said;
}

// -- findings ---------------------------------------------------------------------------------------------------------
async function loadFindings() {
  const view = state.view;
  const found = await ask('/api/findings', view);
  if (!sameView(view, state.view)) return;
  const before = state.queries[state.query];
  state.queries = found ?? [];
  state.query = before ? state.queries.findIndex((one) => one.code === before.code && at(one) === at(before)) : -1;
  drawFindings();
}

const listed = () => state.queries.filter((query) => !state.severity || query.severity === state.severity);

function drawFindings() {
  const errors = state.queries.filter((query) => query.severity === 'error').length;
  $('summary').textContent = state.queries.length ? `须改 ${errors}，待核 ${state.queries.length - errors}` : '';
  $('count').textContent = state.queries.length || '';
  let group = '';
  const items = listed().flatMap((query) => {
    const head = !state.view.section && query.case !== group ? [make('li', { name: 'group', text: caseName(query) })] : [];
    group = query.case;
    const index = state.queries.indexOf(query);
    const button = make('button', { type: 'button' },
      make('span', { name: 'kind' }, make('span', {}, make('b', { text: WORDS[query.severity] }), document.createTextNode(`　${query.code}`)), make('span', { text: `第 ${query.line} 行` })),
      make('span', { text: query.message }),
      query.found ? make('span', { name: 'found', text: `见到：${query.found.length > 80 ? `${query.found.slice(0, 80)}……` : query.found}` }) : null,
      query.hint ? make('span', { name: 'found', text: `建议：${query.hint}` }) : null);
    button.addEventListener('click', () => jump(index));
    const item = make('li', { name: `query ${query.severity}`, 'data-index': index }, button);
    if (index === state.query) item.setAttribute('aria-current', 'true');
    return [...head, item];
  });
  $('queries').replaceChildren(...(items.length ? items : [make('li', { name: 'none', text: state.books?.examined === false ? '正在核对…' : '没有未决的疑点' })]));
}

function caseName(query) {
  const volume = state.books.volumes.find((one) => one.id === query.volume);
  const section = volume?.groups.flatMap((one) => one.sections).find((one) => one.id === query.case);
  return section ? `例${section.number}　${section.title}` : '各例以外';
}

const FILES = { guideline: 'guideline', dosing: 'dosing' };
function home(query) {
  if (state.view.section) return state.view.section;
  return query.case || FILES[query.path.split('/').pop().replace('.yaml', '')] || 'half-title';
}

async function jump(index) {
  state.query = index;
  drawFindings();
  $('queries').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  const query = state.queries[index];
  state.marks = { view: { volume: state.view.volume, section: home(query) }, place: query, found: query.found };
  showSource(query, false);
  const marked = await drawMarks();
  const first = marked?.marks[0];
  if (!first) { $('state').textContent = '此处没有印在页上'; return; }
  if (!marked.exact) $('state').textContent = '此处没有直接印出，所示为邻近文字';
  const sheet = find(marked.section, first.page);
  if (!sheet) return;
  const by = scale(sheet.page);
  $('pages').scrollTop += sheet.getBoundingClientRect().top + first.y * by - $('pages').getBoundingClientRect().top - $('pages').clientHeight / 3;
  closeDrawers();
}

async function drawMarks() {
  const wanted = state.marks;
  const marked = wanted ? await ask('/api/passage', { ...wanted.view, path: wanted.place.path, line: wanted.place.line, column: wanted.place.column, found: wanted.found }) : null;
  if (wanted !== state.marks) return null;
  for (const layer of document.querySelectorAll('.marks')) layer.replaceChildren();
  for (const mark of marked?.marks ?? []) {
    const layer = find(marked.section, mark.page)?.querySelector('.marks');
    if (!layer) continue;
    const box = make('div');
    box.style.cssText = `left:${mark.x}px;top:${mark.y}px;width:${mark.width}px;height:${mark.height}px`;
    layer.classList.toggle('spot', Boolean(wanted.spot));
    layer.append(box);
  }
  return marked;
}

// -- told by the server -----------------------------------------------------------------------------------------------
function listen() {
  const events = new EventSource('/api/events');
  let lost = false;
  events.addEventListener('open', async () => {
    if (!lost) return;
    lost = false;
    if (!(await (await fetch('/')).text()).includes(TOKEN)) { location.reload(); return; } // another server, another token
    await Promise.all([loadBooks(), state.view ? loadPages() : null, state.view ? loadFindings() : null]);
  });
  events.addEventListener('error', () => { lost = true; $('state').textContent = '与预览程序的联系断了，正在重连…'; });
  events.addEventListener('message', async ({ data }) => {
    const said = JSON.parse(data);
    if (said.what === 'pages') {
      await Promise.all([state.view ? loadPages() : null, loadBooks()]); // the same pages may have become those of an earlier state
    } else if (said.what === 'findings') {
      await Promise.all([loadBooks(), state.view ? loadFindings() : null]);
    } else if (said.what === 'progress' && said.volume === state.view?.volume) {
      $('state').textContent = `正在排全卷：${said.done} / ${said.of} 节`;
      if (!state.view.section && (said.done % 3 === 0 || said.done === said.of)) await loadPages();
    }
  });
}

// -- keys and buttons -------------------------------------------------------------------------------------------------
function closeDrawers() { for (const drawer of document.querySelectorAll('.shown')) drawer.classList.remove('shown'); }
for (const button of document.querySelectorAll('[data-open]')) button.addEventListener('click', () => { closeDrawers(); $(button.dataset.open).classList.add('shown'); $(button.dataset.open).querySelector('button, input').focus(); });
for (const button of document.querySelectorAll('[data-close]')) button.addEventListener('click', closeDrawers);
for (const button of document.querySelectorAll('[data-severity]')) {
  button.addEventListener('click', () => {
    state.severity = button.dataset.severity;
    for (const other of document.querySelectorAll('[data-severity]')) other.setAttribute('aria-pressed', String(other === button));
    drawFindings();
  });
}
$('list').addEventListener('click', (event) => {
  const button = event.target.closest('[data-view]');
  if (button) choose(JSON.parse(button.dataset.view));
});
$('search').addEventListener('input', drawList);
$('open').addEventListener('click', openSource);
$('closeSource').addEventListener('click', () => { $('source').hidden = true; state.marks = null; drawMarks(); });
$('smaller').addEventListener('click', () => zoom(1 / 1.2));
$('larger').addEventListener('click', () => zoom(1.2));
$('fit').addEventListener('click', () => resize(0));
$('help').addEventListener('click', () => $('keys').showModal());
$('pages').addEventListener('scroll', () => requestAnimationFrame(drawFolio), { passive: true });
let waiting = 0;
window.addEventListener('resize', () => { clearTimeout(waiting); waiting = setTimeout(() => resize(state.zoom), 120); });
$('open').hidden = !HAS_EDITOR;

function zoom(by) {
  const sheet = current();
  if (sheet) resize(Math.min(4, Math.max(0.3, scale(sheet.page) * by)));
}
function neighbour(step) {
  const volume = state.books.volumes.find((one) => one.id === state.view?.volume);
  const all = volume?.groups.flatMap((group) => group.sections) ?? [];
  const next = all[all.findIndex((one) => one.id === state.view.section) + step];
  if (next) choose({ volume: volume.id, section: next.id });
}
function step(by) {
  const all = listed();
  if (!all.length) return;
  const here = all.indexOf(state.queries[state.query]);
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : (here + by + all.length) % all.length];
  jump(state.queries.indexOf(next));
}
const KEYS = {
  j: () => turn(1), k: () => turn(-1), ArrowRight: () => turn(1), ArrowLeft: () => turn(-1), n: () => step(1), p: () => step(-1),
  ']': () => neighbour(1), '[': () => neighbour(-1), e: openSource, '+': () => zoom(1.2), '=': () => zoom(1.2), '-': () => zoom(1 / 1.2), 0: () => resize(0),
  '?': () => $('keys').showModal(), '/': () => { if (matchMedia('(max-width: 60rem)').matches) $('books').classList.add('shown'); $('search').focus(); $('search').select(); },
  Escape: () => { closeDrawers(); $('source').hidden = true; state.marks = null; drawMarks(); },
};
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('keys').open) return;
  const inList = event.target.closest?.('#books');
  if (inList && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    const all = [...$('list').querySelectorAll('button')];
    const next = all[all.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
    (next ?? $('search')).focus();
    event.preventDefault();
    return;
  }
  if (event.target === $('search')) {
    if (event.key === 'Enter') [...$('list').querySelectorAll('button')].find((button) => JSON.parse(button.dataset.view).section || !$('search').value)?.click();
    if (event.key === 'Escape') { $('search').value = ''; drawList(); $('pages').focus(); }
    return;
  }
  const act = KEYS[event.key];
  if (act) { act(); event.preventDefault(); }
});

// -- beginning --------------------------------------------------------------------------------------------------------
await loadBooks();
listen();
const [volume, section] = decodeURIComponent(location.hash.slice(1)).split('/');
const all = state.books.volumes;
const known = all.find((one) => one.id === volume);
const first = all[0]?.groups.flatMap((group) => group.sections).find((one) => one.kind === 'case');
if (known) await choose({ volume, section: section ?? '' });
else if (first) await choose({ volume: all[0].id, section: first.id });
else $('state').textContent = '没有可看的卷';
document.documentElement.dataset.ready = 'yes';
