// The map of themes, alive: move, enlarge, choose a theme or a post, draw around several to steer them together. The page's
// own drawing stays where this does not run; what is chosen is shown by the fragment of the page's own address.

import { View, drawCanvas, drawNames, drawSvg, inside, islandOf, shapeOf, svg, unpack } from "./map-scene.js";

const desk = document.querySelector("[data-map]");
const frame = desk.querySelector("[data-frame]"), drawing = frame.querySelector("[data-drawing]");
const tip = frame.querySelector("[data-tip]"), tools = frame.querySelector("[data-tools]"), detail = document.getElementById("map-detail");
const words = desk.dataset.words.split("|");
const said = document.getElementById("said");
const kept = `map ${desk.dataset.points}`;
const links = [...desk.querySelectorAll(".mapdesk__themes [data-theme]")];
const series = new Map(links.map((link) => [Number(link.dataset.theme), Number(link.dataset.series)]));
const labels = new Map(links.map((link) => [Number(link.dataset.theme), link.querySelector("[data-name]").textContent.trim()]));

let map, groups = [], view, step, chosen = Number(desk.dataset.chosen) || 0, lassoing = false, near = null, loop = null, shown = 0;
const picked = new Map(); // post → [x, y]
const layers = { points: svg("g"), names: svg("g"), marks: svg("g") };
let canvas = null, colours = {};

const start = async () => {
  const answer = await fetch(desk.dataset.points).catch(() => null);
  if (!answer?.ok) return;
  map = await answer.json();
  step = map.step;
  groups = unpack(map).map((group) => {
    const place = series.get(group.theme) ?? 9;
    return { ...group, series: place, label: labels.get(group.theme), island: islandOf(group, step), colour: `t${Math.min(place, 9)}`, shape: shapeOf(place) };
  }).sort((one, other) => other.series - one.series);
  groups.sort((one, other) => (one.theme ? 1 : 0) - (other.theme ? 1 : 0));
  view = new View(map);
  if (!desk.dataset.few) {
    canvas = Object.assign(document.createElement("canvas"), { className: "map__canvas" });
    canvas.setAttribute("aria-hidden", "true");
    frame.prepend(canvas);
  }
  const title = drawing.querySelector("title"), desc = drawing.querySelector("desc");
  drawing.replaceChildren(title, desc, layers.points, layers.marks, layers.names);
  frame.classList.add("is-live");
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", title.textContent);
  frame.setAttribute("aria-describedby", "map-says");
  title.remove(); // a drawing's title shows as a tip over every point
  drawing.removeAttribute("aria-labelledby");
  drawing.setAttribute("aria-hidden", "true");
  for (const one of document.querySelectorAll("[data-how]")) one.hidden = false;
  tools.hidden = false;
  desk.querySelector(".mapdesk__fold").open = innerWidth > 900;
  readColours();
  new ResizeObserver(measure).observe(frame);
  measure();
  bring();
  part();
  const sought = new URL(location).searchParams.get("q");
  if (sought) seek(sought);
  watchColours();
  listen();
};

const readColours = () => {
  const probe = document.body.appendChild(document.createElement("span"));
  for (let n = 1; n <= 9; n++) { probe.className = `t${n}`; colours[`t${n}`] = getComputedStyle(probe).color; }
  probe.remove();
  const land = document.body.appendChild(Object.assign(document.createElement("span"), { className: "btn" }));
  colours.land = getComputedStyle(land).backgroundColor;
  land.remove();
};
const watchColours = () => {
  const again = () => { readColours(); draw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-scheme"] });
};
const measure = () => {
  const { clientWidth: width, clientHeight: height } = frame;
  if (!width || !height) return;
  drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  view.resize(width, height);
  draw();
};

// --- Drawing ---
let due = 0, settled = 0, drawn = null;
const draw = (quick = false) => {
  if (!quick) drawn = null;
  due ||= requestAnimationFrame(() => { due = 0; paint(); });
};
const glide = () => { // while it moves, what is on the canvas is moved as it is, and drawn afresh when it rests
  canvas.style.transform = `translate(${view.left - drawn.left * (view.scale / drawn.scale)}px, ${view.top - drawn.top * (view.scale / drawn.scale)}px) scale(${view.scale / drawn.scale})`;
  clearTimeout(settled);
  settled = setTimeout(draw, 120);
};
const paint = () => {
  for (const group of groups) {
    group.lifted = Number(Boolean(chosen) && group.theme === chosen);
    group.faint = Boolean(chosen) && !group.lifted;
    group.colour = `t${group.lifted && group.series > 8 ? 1 : Math.min(group.series, 9)}`;
  }
  const order = [...groups].sort((one, other) => one.lifted - other.lifted);
  if (canvas && drawn) glide();
  else if (canvas) {
    drawCanvas(canvas, order, view, step, colours);
    canvas.style.transform = "";
    drawn = { left: view.left, top: view.top, scale: view.scale };
  }
  else drawSvg(layers.points, order, view, step);
  drawNames(layers.names, order, view, getComputedStyle(document.body).fontFamily);
  paintMarks();
  frame.classList.toggle("is-large", view.zoom > 1.01);
  tools.querySelector("[data-do=out]").disabled = view.zoom <= 1.001;
  try { sessionStorage.setItem(kept, JSON.stringify([view.zoom, ...view.at(view.width / 2, view.height / 2)])); } catch { /* full, or forbidden */ }
};
const ring = (x, y, kind, radius) => svg("circle", { class: `map__ring ${kind}`, cx: view.px(x), cy: view.py(y), r: radius });
const paintMarks = () => {
  const marks = [...picked.values()].map(([x, y]) => ring(x, y, "map__ring--picked", 6.5));
  if (near && !picked.has(near.post)) marks.push(ring(near.x, near.y, "map__ring--near", 7));
  if (frame.matches(":focus-visible")) {
    const [x, y] = [view.width / 2, view.height / 2];
    marks.push(svg("path", { class: "map__cross", d: `M${x - 12} ${y}h8M${x + 4} ${y}h8M${x} ${y - 12}v8M${x} ${y + 4}v8` }));
  }
  if (loop?.length > 1) marks.push(svg("path", { class: "map__loop", d: `M${loop.map(([x, y]) => `${x} ${y}`).join("L")}z` }));
  layers.marks.replaceChildren(...marks);
};

// --- Choosing ---
const find = (px, py, within = 14) => { // the post nearest to a pixel
  let best = null, least = within;
  for (const group of groups) {
    for (let n = 0; n < group.posts.length; n++) {
      const away = Math.hypot(view.px(group.x[n]) - px, view.py(group.y[n]) - py);
      if (away < least) { least = away; best = { post: group.posts[n], x: group.x[n], y: group.y[n], theme: group.theme, label: group.label }; }
    }
  }
  return best;
};
const show = async (query) => {
  const turn = ++shown, address = new URL(desk.dataset.detail, location);
  for (const [key, value] of query) address.searchParams.append(key, value);
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (turn !== shown || !answer?.ok) return;
  detail.innerHTML = await answer.text();
  for (const one of detail.querySelectorAll("[data-how]")) one.hidden = false;
  part();
};
const seek = async (query) => { // posts with some words: ringed, and listed to be steered
  picked.clear();
  lift(0, { look: false });
  await show(query ? [["q", query]] : []);
  const places = new Map(groups.flatMap((group) => group.posts.map((post, n) => [post, [group.x[n], group.y[n]]])));
  for (const { value } of detail.querySelectorAll("input[name=posts]")) {
    if (places.has(Number(value))) picked.set(Number(value), places.get(Number(value)));
  }
  tell(picked.size ? 0 : 1, { n: picked.size });
  draw();
};
const part = async () => { // what a theme falls into takes a moment to tell, so it comes after the rest
  const place = detail.querySelector("[data-parts]");
  const answer = place && await fetch(place.dataset.parts, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (answer?.ok && place.isConnected) place.innerHTML = await answer.text();
};
const tell = (n, values = {}) => { said.textContent = words[n].replace(/\{(\w+)\}/g, (_all, key) => values[key]); };
const inSight = (theme) => { // a theme that is chosen elsewhere comes into the middle, unless it is to be seen already
  const { x, y } = groups.find((group) => group.theme === theme)?.island ?? {};
  const [px, py] = [view.px(x), view.py(y)];
  if (px < 30 || py < 30 || px > view.width - 30 || py > view.height - 30) view.centre(x, y);
};
const lift = (theme, { look = true } = {}) => {
  chosen = theme;
  if (theme) inSight(theme);
  for (const link of links) {
    if (Number(link.dataset.theme) === theme) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
  if (look) {
    picked.clear();
    show(theme ? [["theme", theme]] : []);
    const address = new URL(location);
    if (theme) address.searchParams.set("theme", theme); else address.searchParams.delete("theme");
    history.replaceState(history.state, "", address);
    said.textContent = theme ? labels.get(theme) ?? "" : words[1];
  }
  draw();
};
const pick = (posts, { more = false } = {}) => {
  if (!more) picked.clear();
  for (const one of posts) {
    if (more && posts.length === 1 && picked.has(one.post)) picked.delete(one.post); else picked.set(one.post, [one.x, one.y]);
  }
  if (chosen && posts.some((one) => one.theme !== chosen)) lift(0, { look: false });
  show([...picked.keys()].slice(0, 200).map((post) => ["posts", post]));
  tell(picked.size ? 0 : 1, { n: picked.size });
  draw();
};
const letGo = () => { picked.clear(); lift(0); };
const around = () => { // the posts within the lasso
  const found = [], corners = loop.map(([x, y]) => view.at(x, y));
  for (const group of groups) {
    for (let n = 0; n < group.posts.length; n++) {
      if (inside(group.x[n], group.y[n], corners)) found.push({ post: group.posts[n], x: group.x[n], y: group.y[n], theme: group.theme });
    }
  }
  return found;
};
const press = (px, py, more, within = 14) => {
  const one = find(px, py, within);
  if (one) return pick([one], { more });
  const [x, y] = view.at(px, py);
  const island = groups.find((group) => group.theme && Math.hypot(group.island.x - x, group.island.y - y) < group.island.radius);
  if (island) lift(island.theme); else letGo();
};

// --- Hands ---
const setLasso = (on) => {
  lassoing = on;
  frame.classList.toggle("is-lasso", on);
  tools.querySelector("[data-do=lasso]").setAttribute("aria-pressed", on);
};
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const enlarge = (times, px, py) => { // in a few steps, unless the reader wants no motion
  const steps = calm.matches ? 1 : 6, share = times ** (1 / steps);
  let n = 0;
  const one = () => { view.enlarge(share, px, py); draw(true); if (++n < steps) requestAnimationFrame(one); else tell(view.zoom > 1.001 ? 2 : 3, { n: view.zoom.toFixed(1) }); };
  one();
};
const act = { in: () => enlarge(1.6), out: () => enlarge(1 / 1.6), whole: () => { view.whole(); tell(3); draw(); }, lasso: () => setLasso(!lassoing) };
const keys = {
  ArrowLeft: () => view.pan(64, 0), ArrowRight: () => view.pan(-64, 0), ArrowUp: () => view.pan(0, 64), ArrowDown: () => view.pan(0, -64),
  "+": act.in, "=": act.in, "-": act.out, 0: act.whole,
  Enter: () => press(view.width / 2, view.height / 2, false, 40), " ": () => { const one = find(view.width / 2, view.height / 2, 40); if (one) pick([one], { more: true }); },
  Escape: () => { setLasso(false); letGo(); },
};

let titles = new Map(), waiting = 0;
const hover = (px, py) => {
  const before = near?.post;
  near = find(px, py);
  frame.classList.toggle("is-near", Boolean(near));
  if (near?.post === before) return;
  clearTimeout(waiting);
  paintMarks();
  tip.hidden = !near;
  if (!near) return;
  const { post, label } = near;
  sayTip(post, label, px, py);
  if (!titles.has(post)) waiting = setTimeout(() => readTitle(post, label, px, py), 160);
};
const sayTip = (post, label, px, py) => {
  tip.replaceChildren(...(titles.has(post) ? [titles.get(post)] : []), Object.assign(document.createElement("b"), { textContent: label ?? words[4] }));
  const left = Math.min(Math.max(px + 14, 4), view.width - tip.offsetWidth - 4);
  const top = py + 18 + tip.offsetHeight > view.height ? py - tip.offsetHeight - 10 : py + 16;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
};
const readTitle = async (post, label, px, py) => {
  const address = new URL(desk.dataset.detail, location);
  address.searchParams.set("posts", post);
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  const title = page.content.querySelector(".rows__title");
  if (title) titles.set(post, Object.assign(document.createElement("span"), { textContent: title.textContent, lang: title.lang }));
  if (near?.post === post) sayTip(post, label, px, py);
};

const listen = () => {
  const hands = new Map(); // pointer → [x, y]
  let moved = 0, apart = 0;
  const at = (event) => { const box = frame.getBoundingClientRect(); return [event.clientX - box.left - frame.clientLeft, event.clientY - box.top - frame.clientTop]; };
  frame.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-tools]") || event.button) return;
    hands.set(event.pointerId, at(event));
    moved = 0;
    tip.hidden = true;
    if (hands.size === 1 && (lassoing || event.shiftKey)) { loop = [at(event)]; frame.setPointerCapture(event.pointerId); }
  });
  frame.addEventListener("pointermove", (event) => {
    const [x, y] = at(event), before = hands.get(event.pointerId);
    if (!before) { if (event.pointerType === "mouse" && !event.target.closest("[data-tools]")) hover(x, y); return; }
    moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
    hands.set(event.pointerId, [x, y]);
    if (hands.size === 2) {
      const [one, other] = [...hands.values()], now = Math.hypot(one[0] - other[0], one[1] - other[1]);
      if (apart) view.enlarge(now / apart, (one[0] + other[0]) / 2, (one[1] + other[1]) / 2);
      apart = now;
      loop = null;
    } else if (loop) loop.push([x, y]);
    else if (moved > 4) { frame.setPointerCapture(event.pointerId); frame.classList.add("is-held"); view.pan(x - before[0], y - before[1]); }
    draw(true);
  });
  const end = (event) => {
    if (!hands.delete(event.pointerId)) return;
    apart = 0;
    frame.classList.remove("is-held");
    if (loop) {
      const found = loop.length > 3 ? around() : [];
      if (loop.length <= 3) press(...loop[0], true); else if (found.length) pick(found, { more: event.shiftKey && picked.size > 0 });
      loop = null;
      setLasso(false);
      draw();
    } else if (event.type === "pointerup" && moved <= 4) press(...at(event), event.shiftKey);
  };
  for (const kind of ["pointerup", "pointercancel"]) frame.addEventListener(kind, end);
  frame.addEventListener("pointerleave", () => { near = null; tip.hidden = true; draw(true); });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== frame) return; // the page scrolls until the map was clicked
    event.preventDefault();
    view.enlarge(Math.exp(-event.deltaY * (event.ctrlKey ? .01 : .002)), ...at(event));
    draw(true);
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
    draw(true);
  });
  desk.querySelector("[data-find]").addEventListener("submit", (event) => {
    event.preventDefault();
    seek(event.target.elements.q.value.trim());
  });
  for (const kind of ["focus", "blur"]) frame.addEventListener(kind, () => draw(true));
  tools.addEventListener("click", (event) => act[event.target.closest("[data-do]")?.dataset.do]?.());
  desk.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a[data-theme]"), go = event.target.closest("[data-let-go]");
    if (!link && !go) return;
    event.preventDefault();
    if (go) return letGo();
    const theme = Number(link.dataset.theme);
    lift(theme === chosen && links.includes(link) ? 0 : theme);
  });
  detail.addEventListener("change", (event) => {
    if (event.target.name !== "posts") return;
    const post = Number(event.target.value), group = groups.find((one) => one.posts.includes(post)), n = group?.posts.indexOf(post);
    if (event.target.checked && group) picked.set(post, [group.x[n], group.y[n]]); else picked.delete(post);
    draw();
  });
};

const bring = () => { // the view that was left a moment ago, by steering some posts
  try {
    const [zoom, x, y] = JSON.parse(sessionStorage.getItem(kept)) ?? [];
    if (zoom > 1) { view.zoom = zoom; view.centre(x, y); draw(); }
  } catch { /* nothing kept */ }
};
start();
