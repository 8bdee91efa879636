// What the map of themes knows and how it is drawn: points by theme, the view on them, shapes, shores and names. It
// draws into an SVG, or onto a canvas where there are many points; nothing here listens to anybody.

const round = Math.round;
const NS = "http://www.w3.org/2000/svg";
export const svg = (name, attributes = {}) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const turned = (corners, radius, turn = 0) => Array.from({ length: corners }, (_, n) => {
  const angle = turn + (n * 2 * Math.PI) / corners;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
});
const star = () => turned(10, 1, 0).map(([x, y], n) => (n % 2 ? [x * .5, y * .5] : [x * 1.25, y * 1.25]));
const plus = () => [[-.38, -1.1], [.38, -1.1], [.38, -.38], [1.1, -.38], [1.1, .38], [.38, .38], [.38, 1.1], [-.38, 1.1], [-.38, .38], [-1.1, .38], [-1.1, -.38], [-.38, -.38]];
// The same shapes as the markers of the legend, about one unit in radius, in the order of the series.
const SHAPES = [
  turned(10, 1), [[-.85, -.85], [.85, -.85], [.85, .85], [-.85, .85]], turned(3, 1.2), turned(4, 1.2),
  plus(), turned(3, 1.2, Math.PI), turned(6, 1.08, Math.PI / 6), star(),
];
const DOT = turned(8, .72);
export const shapeOf = (series) => SHAPES[series - 1] ?? DOT;

// Points as they were sent: numbers less the one before, places less the least.
export const unpack = (sent) => sent.groups.map((group) => {
  let post = 0;
  return {
    theme: group.theme,
    posts: group.posts.map((step) => (post += step)),
    x: Float64Array.from(group.x, (x) => x + group.at[0]),
    y: Float64Array.from(group.y, (y) => y + group.at[1]),
  };
});

export class View {
  // Where the map is looked at from: `scale` pixels to a step of the map, and the pixel of its upper left corner.
  constructor(map) { this.map = map; this.width = this.height = 1; this.below = 0; this.zoom = 1; this.left = this.top = 0; }
  get least() {
    const pad = Math.min(72, this.width * .1);
    return Math.min((this.width - pad) / this.map.width, (this.height - this.below - pad) / this.map.height);
  }
  get scale() { return this.least * this.zoom; }
  resize(width, height) {
    const [x, y] = this.at(this.width / 2, this.height / 2), fresh = this.width === 1;
    this.width = width; this.height = height;
    this.below = width < 500 ? 52 : 0; // the tools lie there
    if (fresh) this.whole(); else this.centre(x, y);
  }
  whole() {
    this.zoom = 1;
    this.left = (this.width - this.map.width * this.scale) / 2;
    this.top = (this.height - this.below - this.map.height * this.scale) / 2;
  }
  centre(x, y) { this.left = this.width / 2 - x * this.scale; this.top = this.height / 2 - y * this.scale; this.keep(); }
  at(px, py) { return [(px - this.left) / this.scale, (py - this.top) / this.scale]; }
  px(x) { return x * this.scale + this.left; }
  py(y) { return y * this.scale + this.top; }
  pan(dx, dy) { this.left += dx; this.top += dy; this.keep(); }
  enlarge(times, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.at(px, py);
    this.zoom = Math.min(Math.max(this.zoom * times, 1), 24);
    this.left = px - x * this.scale; this.top = py - y * this.scale;
    if (this.zoom === 1 && times < 1) this.whole(); else this.keep();
  }
  keep() { // the middle of the window stays over the map
    const [w, h] = [this.map.width * this.scale, this.map.height * this.scale];
    this.left = Math.min(Math.max(this.left, this.width / 2 - w), this.width / 2);
    this.top = Math.min(Math.max(this.top, this.height / 2 - h), this.height / 2);
  }
}

const median = (values) => Float64Array.from(values).sort()[values.length >> 1];
export const islandOf = (group, step) => {
  const x = median(group.x), y = median(group.y);
  const away = Float64Array.from(group.x, (one, n) => Math.hypot(one - x, group.y[n] - y)).sort();
  return { x, y, radius: away[Math.floor(away.length * .9)] + step };
};

// How large a marker is, in pixels: it grows with the map, but less.
export const sizeOf = (view, step, faint) => {
  const usual = Math.min(Math.max(step * view.scale * .3, .9), 4.2 + Math.log2(view.zoom + 1));
  return faint ? usual * .8 : usual;
};
const shore = (view, step) => Math.max(step * view.scale * .98, 4.6);

const opacityOf = (group) => group.faint ? .28 : !group.theme ? .5 : group.series > 8 && !group.lifted ? .66 : 1;

// A series of points as the path of an SVG.
const pathOf = (group, view, shape, size) => {
  const corners = shape.map(([x, y]) => [x * size, y * size]);
  let path = "";
  for (let n = 0; n < group.posts.length; n++) {
    const x = view.px(group.x[n]), y = view.py(group.y[n]);
    if (x < -9 || y < -9 || x > view.width + 9 || y > view.height + 9) continue;
    for (let k = 0; k < corners.length; k++) path += `${k ? "L" : "M"}${(x + corners[k][0]).toFixed(1)} ${(y + corners[k][1]).toFixed(1)}`;
    path += "z";
  }
  return path;
};
const dotsOf = (group, view) => {
  let path = "";
  for (let n = 0; n < group.posts.length; n++) path += `M${round(view.px(group.x[n]))} ${round(view.py(group.y[n]))}h.01`;
  return path;
};

export const drawSvg = (layer, groups, view, step) => {
  const shores = svg("g"), marks = svg("g");
  for (const group of groups) {
    if (group.theme) {
      const land = { class: `map__shore ${group.colour}`, d: dotsOf(group, view), "stroke-linecap": "round" };
      shores.append(
        svg("path", { ...land, stroke: "currentColor", "stroke-opacity": group.faint ? .12 : .34, "stroke-width": shore(view, step) * 2 + 3 }),
        svg("path", { ...land, class: "map__shore", stroke: "var(--surface)", "stroke-width": shore(view, step) * 2 }),
        svg("path", { ...land, stroke: "currentColor", "stroke-opacity": group.faint ? .03 : group.lifted ? .2 : .1, "stroke-width": shore(view, step) * 2 }),
      );
    }
    marks.append(svg("path", {
      class: `map__marks ${group.colour}`, "fill-opacity": opacityOf(group),
      d: pathOf(group, view, group.shape, sizeOf(view, step, !group.theme) * (group.lifted ? 1.25 : 1)),
    }));
  }
  layer.replaceChildren(shores, marks);
};

const fillAll = (brush, group, view, corners) => {
  brush.beginPath();
  for (let n = 0; n < group.posts.length; n++) {
    const x = view.px(group.x[n]), y = view.py(group.y[n]);
    if (x < -9 || y < -9 || x > view.width + 9 || y > view.height + 9) continue;
    for (let k = 0; k < corners.length; k++) brush[k ? "lineTo" : "moveTo"](x + corners[k][0], y + corners[k][1]);
    brush.closePath();
  }
  brush.fill();
};
const discs = (brush, group, view, radius) => {
  brush.beginPath();
  for (let n = 0; n < group.posts.length; n++) {
    const x = view.px(group.x[n]), y = view.py(group.y[n]);
    if (x < -radius || y < -radius || x > view.width + radius || y > view.height + radius) continue;
    brush.moveTo(x + radius, y);
    brush.arc(x, y, radius, 0, 7);
  }
  brush.fill();
};

export const drawCanvas = (canvas, groups, view, step, colours) => {
  const sharp = Math.min(devicePixelRatio || 1, 2);
  if (canvas.width !== round(view.width * sharp) || canvas.height !== round(view.height * sharp)) {
    canvas.width = round(view.width * sharp); canvas.height = round(view.height * sharp);
  }
  const brush = canvas.getContext("2d");
  brush.setTransform(sharp, 0, 0, sharp, 0, 0);
  brush.clearRect(0, 0, view.width, view.height);
  const reach = shore(view, step);
  for (const group of groups) {
    if (!group.theme) continue;
    const paint = (colour, opacity, radius) => { brush.fillStyle = colour; brush.globalAlpha = opacity; discs(brush, group, view, radius); };
    paint(colours[group.colour], group.faint ? .12 : .34, reach + 1.5);
    paint(colours.land, 1, reach);
    paint(colours[group.colour], group.faint ? .03 : group.lifted ? .2 : .1, reach);
  }
  for (const group of groups) {
    const size = sizeOf(view, step, !group.theme) * (group.lifted ? 1.2 : 1);
    brush.fillStyle = colours[group.colour];
    brush.globalAlpha = opacityOf(group);
    fillAll(brush, group, view, group.shape.map(([x, y]) => [x * size, y * size]));
  }
  brush.globalAlpha = 1;
};

// Names that do not lie over each other: chosen and large ones first, each in the middle of its island, else below or above.
const inTwo = (label) => { // at the space nearest to the middle
  const spaces = [...label.matchAll(/\s/g)].map((found) => found.index).sort((one, other) => Math.abs(one - label.length / 2) - Math.abs(other - label.length / 2));
  return spaces.length ? [label.slice(0, spaces[0]), label.slice(spaces[0] + 1)] : [label];
};
const pen = document.createElement("canvas").getContext("2d");
export const drawNames = (layer, groups, view, font) => {
  const taken = [], names = [];
  const order = groups.filter((group) => group.theme && group.label).sort((one, other) => (other.lifted - one.lifted) || (other.posts.length - one.posts.length));
  for (const group of order) {
    const { x, y, radius } = group.island, px = view.px(x), py = view.py(y), r = radius * view.scale;
    if (px < -60 || py < -20 || px > view.width + 60 || py > view.height + 20) continue;
    const narrow = view.width < 500, small = group.series > 8 && !group.lifted;
    const size = (group.lifted ? 16 : small ? 12 : 13) - (narrow ? 1 : 0), line = size + 3;
    pen.font = `${group.lifted ? 700 : small ? 400 : 600} ${size}px ${font}`;
    const wide = (text) => pen.measureText(text).width;
    const lines = wide(group.label) > Math.max(r * 1.7, 70) ? inTwo(group.label) : [group.label];
    const half = Math.max(...lines.map(wide)) / 2 + 4, tall = lines.length * line;
    const middle = Math.min(Math.max(px, half + 2), view.width - half - 2);
    const spots = [py - tall / 2, py + r + 2, py - r - tall - 2].filter((at) => at > 2 && at + tall < view.height - 4);
    const spot = spots.find((at) => !taken.some((box) => middle - half < box[2] && box[0] < middle + half && at < box[3] && box[1] < at + tall));
    if (spot === undefined && !group.lifted) continue;
    const at = spot ?? py - tall / 2;
    taken.push([middle - half, at, middle + half, at + tall]);
    const name = svg("text", { class: `map__name${small ? " map__name--small" : ""}${group.lifted ? " map__name--chosen" : ""}${narrow ? " map__name--narrow" : ""}${group.faint ? " is-faint" : ""}`, "text-anchor": "middle" });
    lines.forEach((text, n) => {
      const part = svg("tspan", { x: round(middle), y: round(at + (n + .82) * line) });
      part.textContent = text;
      name.append(part);
    });
    names.push(name);
  }
  layer.replaceChildren(...names.reverse());
};

export const inside = (x, y, loop) => {
  let odd = false;
  for (let n = 0, before = loop.length - 1; n < loop.length; before = n++) {
    const [ax, ay] = loop[n], [bx, by] = loop[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
};
