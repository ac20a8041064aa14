// The replay, second part: where everything stands, and how it is drawn.
//
// A frame touches the trucks that are inside and nothing else. Trucks glide to where the state says that they are; they
// are stamped as pixels on an image of their own, over the ground, which is painted once.

// Classes: colors with 3 to 1 on the ground, and shapes, as paths in a square from -1 to 1.
const COLORS = ["#0067a3", "#c44e00", "#007a5a", "#8a4f9e", "#1f2933", "#b22254", "#7a5c00", "#00788c"];
const polygon = (n, turn) => Array.from({ length: n }, (_, i) => {
  const angle = turn + (i * 2 * Math.PI) / n;
  return [Math.cos(angle), Math.sin(angle)];
});
const SHAPES = [
  polygon(24, 0), // circle
  [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]], // square
  [[-0.9, -0.95], [1, 0], [-0.9, 0.95]], // triangle
  polygon(4, 0), // diamond
  polygon(6, 0), // hexagon
  [[-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35], [0.35, 1], [-0.35, 1], [-0.35, 0.35],
    [-1, 0.35], [-1, -0.35], [-0.35, -0.35]], // cross
  [[-1, -0.5], [1, -0.5], [1, 0.5], [-1, 0.5]], // bar
  polygon(10, -Math.PI / 2).map(([x, y], i) => (i % 2 ? [x * 0.45, y * 0.45] : [x, y])), // star
];
const tracePath = (pen, points, x, y, radius) => {
  pen.beginPath();
  points.forEach(([px, py], i) => pen[i ? "lineTo" : "moveTo"](x + px * radius, y + py * radius));
  pen.closePath();
};
const traceClass = (pen, cls, x, y, radius) => {
  pen.fillStyle = COLORS[cls % COLORS.length];
  tracePath(pen, SHAPES[cls % SHAPES.length], x, y, radius);
  pen.fill();
};

const POINTS = 64; // along a way
const CORNER = 16; // Radius of bends, about.
const ROW = 3.5; // Trucks on a way keep so far left or right of its middle, in turn.

// Where everything stands in a picture of this size; the same for both panels.
const layout = (model, width, height) => {
  const { data, groups, peaks } = model;
  const columns = data.layers, pad = 6, top = 66, bottom = height - 22;
  const booth = Math.max(9, Math.min(18, width / 36));
  const gaps = Array.from({ length: columns + 1 }, () => Math.min(width / 13, (width * 0.4) / (columns + 1)));
  for (const way of model.ways) {
    const to = way.to < 0 ? -1 : data.places[way.to].layer;
    if (way.road && to > 0) gaps[to] = Math.min(width / 5.5, (width * 0.6) / (columns + 1));
  }
  const yards = Array.from({ length: columns }, (_, c) =>
    groups.some((group) => group.yard && data.places[group.place].layer === c));
  const boothWidth = yards.map((yard) => (yard ? booth * 2.5 : booth));
  const fixed = [...gaps, ...boothWidth].reduce((a, b) => a + b, 2 * pad);
  // Room for lines goes where lines are long.
  const need = Array.from({ length: columns }, () => 0);
  groups.forEach((group, g) => (need[data.places[group.place].layer] += peaks[g]));
  const allNeed = Math.max(1, need.reduce((a, b) => a + b, 0));
  const least = Math.min(width / 14, (width - fixed) / columns);
  const rest = Math.max(0, width - fixed - least * columns);
  const boothX = [], lineX = [];
  let x = pad;
  for (let c = 0; c < columns; c++) {
    lineX.push((x += gaps[c]));
    boothX.push((x += least + (rest * need[c]) / allNeed));
    x += boothWidth[c];
  }
  // Heights: a group by its lanes and the length of its line.
  const weight = (g) => 1 + Math.min(groups[g].lanes, 12) * 0.25 + 2 * Math.sqrt(peaks[g] / allNeed);
  const boxes = groups.map(() => null);
  const middle = data.places.map(() => 0);
  for (let c = 0; c < columns; c++) {
    const inside = groups.map((_, g) => g).filter((g) => data.places[groups[g].place].layer === c);
    inside.sort((a, b) => data.places[groups[a].place].row - data.places[groups[b].place].row || a - b);
    const all = inside.reduce((sum, g) => sum + weight(g), 0);
    let y = top;
    for (const g of inside) {
      const h = ((bottom - top) * weight(g)) / all;
      boxes[g] = { x: lineX[c], w: boothX[c] - lineX[c] - 2, y: y + 16, h: Math.max(6, h - 24), label: y + 11,
        boothX: boothX[c], boothW: boothWidth[c], room: boothWidth[c] + boothX[c] - lineX[c] + gaps[c + 1] * 0.8 };
      y += h;
    }
    data.places.forEach((place, p) => {
      const own = inside.filter((g) => groups[g].place === p);
      if (!own.length) return;
      const low = boxes[own[own.length - 1]];
      middle[p] = (boxes[own[0]].y + low.y + low.h) / 2;
      // One line for the station stands before all its lanes.
      const top = boxes[own[0]];
      if (place.shared) Object.assign(top, { lineY: top.y, lineH: low.y + low.h - top.y });
    });
  }
  // The size of a truck: the longest line fits.
  let size = 10;
  boxes.forEach((box, g) => {
    const room = (s) => Math.floor(box.w / s) * Math.floor((box.lineH ?? box.h) / s);
    while (size > 2 && room(size) < peaks[g]) size -= 0.25;
  });
  boxes.forEach((box, g) => {
    const lanes = Math.max(1, groups[g].lanes);
    box.pitch = Math.min(17, box.h / lanes);
    box.first = box.y + (box.h - box.pitch * lanes) / 2;
    // Rows of trucks: one before each lane, or as many as the line needs.
    const [y, h] = [box.lineY ?? box.y, box.lineH ?? box.h];
    const fits = !box.lineH && box.pitch >= size && lanes * Math.floor(box.w / size) >= peaks[g];
    box.rows = fits ? lanes : Math.max(1, Math.floor(h / size));
    box.rowH = fits ? box.pitch : size;
    box.rowY = fits ? box.first + box.pitch / 2 : y + (h - box.rows * size) / 2 + size / 2;
    box.columns = Math.max(1, Math.floor(box.w / size));
  });
  const right = (p) => boothX[data.places[p].layer] + boothWidth[data.places[p].layer];
  const highway = top - 20;
  const paths = model.ways.map((way) => {
    const from = way.from < 0 ? [0, middle[way.to] ?? height / 2] : [right(way.from), middle[way.from]];
    const fromLayer = way.from < 0 ? -1 : data.places[way.from].layer;
    if (way.to < 0) {
      const turn = from[0] + gaps[fromLayer + 1] * 0.75;
      return sampled([from, [turn, from[1]], [turn, highway], [turn + 16, highway], [width, highway]]);
    }
    const to = [lineX[data.places[way.to].layer], middle[way.to]];
    const span = data.places[way.to].layer - fromLayer;
    if (span === 1) return sampled([from, [(from[0] + to[0]) / 2, from[1]], [(from[0] + to[0]) / 2, to[1]], to]);
    // Past the stations between, or back: below them.
    const low = height - 11, g = gaps[fromLayer + 1] * 0.6;
    return sampled([from, [from[0] + g, from[1]], [from[0] + g, low], [to[0] - g, low], [to[0] - g, to[1]], to]);
  });
  return { width, height, boxes, paths, size, highway, lineX, gaps, top, bottom };
};

// A polyline with round corners as points at equal distances: x, y, x, y …
const sampled = (corners) => {
  const fine = [corners[0]];
  for (let i = 1; i + 1 < corners.length; i++) {
    const [a, b, c] = [corners[i - 1], corners[i], corners[i + 1]];
    const near = (to) => {
      const length = Math.hypot(to[0] - b[0], to[1] - b[1]) || 1, share = Math.min(0.5, CORNER / length);
      return [b[0] + (to[0] - b[0]) * share, b[1] + (to[1] - b[1]) * share];
    };
    const [start, end] = [near(a), near(c)];
    for (let s = 0; s <= 8; s++) {
      const t = s / 8, u = 1 - t;
      fine.push([0, 1].map((d) => u * u * start[d] + 2 * u * t * b[d] + t * t * end[d]));
    }
  }
  fine.push(corners[corners.length - 1]);
  const lengths = [0];
  for (let i = 1; i < fine.length; i++) {
    lengths.push(lengths[i - 1] + Math.hypot(fine[i][0] - fine[i - 1][0], fine[i][1] - fine[i - 1][1]));
  }
  const points = new Float32Array(2 * (POINTS + 1));
  for (let p = 0, i = 1; p <= POINTS; p++) {
    const at = (lengths[lengths.length - 1] * p) / POINTS;
    while (i < fine.length - 1 && lengths[i] < at) i++;
    const share = (at - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
    for (const d of [0, 1]) points[2 * p + d] = fine[i - 1][d] + (fine[i][d] - fine[i - 1][d]) * share;
  }
  return points;
};

class Panel {
  constructor(model, side) {
    this.model = model;
    this.canvas = byId(`replay-${side}-canvas`);
    this.select = byId(`replay-${side}-scenario`);
    this.counts = byId(`replay-${side}-counts`);
    this.following = byId(`replay-${side}-truck`);
    this.pen = this.canvas.getContext("2d");
    this.ground = document.createElement("canvas");
    this.trucks = document.createElement("canvas"); // Thousands of trucks: pixels are faster than paths or images.
    this.truckPen = this.trucks.getContext("2d");
  }

  show(scenario, now) {
    this.scenario = scenario;
    this.select.value = String(scenario);
    this.state = new State(this.model, this.model.scenarios[scenario]);
    this.state.go(now);
  }

  // Makes everything that stays as it is while trucks move.
  resize() {
    const width = Math.max(200, this.canvas.clientWidth), height = Math.max(200, this.canvas.clientHeight);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.ratio = ratio;
    for (const canvas of [this.canvas, this.ground, this.trucks]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.image = this.truckPen.createImageData(this.trucks.width, this.trucks.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.plan = layout(this.model, width, height);
    const { size } = this.plan;
    this.sprites = this.model.data.classes.map((_, cls) => sprite(cls, size * 0.9, ratio));
    // In a lane it is larger where the lane has room; by group and class.
    this.laneSprites = this.plan.boxes.map((box) => {
      const side = Math.max(3, Math.min(Math.max(size * 0.9, 8), box.pitch * 0.95));
      return this.model.data.classes.map((_, cls) => sprite(cls, side, ratio));
    });
    this.state.placed.fill(0);
    this.paintGround();
  }

  paintGround() {
    const { plan, model, ratio } = this, { data } = model;
    const pen = this.ground.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const border = data.border === null || data.border === 0 ? null
      : plan.lineX[data.border] - plan.gaps[data.border] / 2;
    pen.fillStyle = border === null ? "#f3f4f2" : "#f6f0e4";
    pen.fillRect(0, 0, plan.width, plan.height);
    if (border !== null) {
      pen.fillStyle = "#eaf1f7";
      pen.fillRect(border, 0, plan.width, plan.height);
    }
    // Roads.
    for (const [widen, color] of [[18, "#a9b1ba"], [16, "#d3d8dd"]]) {
      pen.strokeStyle = color;
      pen.lineWidth = widen;
      pen.lineJoin = "round";
      for (const path of plan.paths) {
        pen.beginPath();
        for (let p = 0; p <= POINTS; p++) pen.lineTo(path[2 * p], path[2 * p + 1]);
        pen.stroke();
      }
    }
    // Pavement before the lanes.
    pen.fillStyle = "#d3d8dd";
    for (const box of plan.boxes) {
      pen.fillRect(box.x, box.y - 2, box.boothX + box.boothW - box.x, box.h + 4);
      if (box.lineH) pen.fillRect(box.x, box.lineY - 2, box.w, box.lineH + 4);
    }
    if (border !== null) {
      pen.strokeStyle = "#1f2933";
      pen.lineWidth = 1.5;
      pen.setLineDash([9, 4, 2, 4]);
      pen.beginPath();
      pen.moveTo(border, 0);
      pen.lineTo(border, plan.height);
      pen.stroke();
      pen.setLineDash([]);
    }
    const text = (words, x, y, align, font, color) => {
      pen.font = font;
      pen.textAlign = align;
      pen.lineWidth = 3;
      pen.strokeStyle = "rgba(255,255,255,0.85)";
      pen.strokeText(words, x, y);
      pen.fillStyle = color;
      pen.fillText(words, x, y);
    };
    const bold = "600 13px system-ui, sans-serif", plain = "12px system-ui, sans-serif";
    if (border === null || border < 70) text(say("mexico"), 8, 17, "left", bold, "#6b4a00");
    else text(say("mexico"), border - 8, 17, "right", bold, "#6b4a00");
    pen.font = bold;
    const usa = say("usa"), room = plan.width - 8 - pen.measureText(usa).width;
    text(usa, border === null ? room : Math.min(room, border + 8), 17, "left", bold, "#0b4a75");
    text(`${say("exit")} →`, plan.width - 6, plan.highway - 13, "right", "600 12px system-ui, sans-serif", "#1f2933");
    pen.font = plain;
    plan.boxes.forEach((box, g) => {
      const { label, short } = model.groups[g];
      const name = pen.measureText(label).width <= box.room ? label : cut(pen, plain, short, box.room);
      text(name, box.x, box.label, "left", plain, "#1f2933");
    });
    const named = new Set(); // A road stands there once, though several ways take it.
    model.ways.forEach((way, i) => {
      const path = plan.paths[i];
      if (!way.road || way.to < 0 || named.has(`${way.road} ${way.to}`)) return;
      named.add(`${way.road} ${way.to}`);
      text(cut(pen, plain, way.road, 90), path[POINTS], path[POINTS + 1] + 23, "center", plain, "#4a5562");
    });
  }

  // One frame: `glide` is the share of the way to its place that a truck moves.
  draw(glide, followed) {
    const { pen, plan, state, model, ratio } = this, { way } = state;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.ground, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (let g = 0; g < plan.boxes.length; g++) this.drawLanes(g);
    for (let g = 0; g < plan.boxes.length; g++) {
      const box = plan.boxes[g], line = state.lines[g], yard = state.yards[g];
      for (let r = 0; r < line.length; r++) {
        const column = Math.min(box.columns - 1, Math.floor(r / box.rows));
        this.move(line[r], box.boothX - 2 - (column + 0.5) * plan.size, box.rowY + (r % box.rows) * box.rowH, glide);
      }
      const side = Math.max(4, Math.min(9, Math.sqrt((box.boothW * box.h) / Math.max(1, yard.length))));
      const across = Math.max(1, Math.floor(box.boothW / side));
      for (let r = 0; r < yard.length; r++) {
        this.move(yard[r], box.boothX + ((r % across) + 0.5) * side,
          Math.min(box.y + box.h, box.y + (Math.floor(r / across) + 0.5) * side), glide);
      }
    }
    this.pixels.fill(0);
    for (let a = 0; a < state.activeCount; a++) {
      const k = state.active[a], doing = state.doing[k];
      if (doing === ROAD || doing === LEAVING) this.drive(k, glide);
      const inLane = doing === SERVED || doing === HELD || doing === MOVING_UP;
      const sprites = inLane ? this.laneSprites[way.group[state.visit[k]]] : this.sprites;
      this.stamp(sprites[way.cls[k]], state.x[k] * ratio, state.y[k] * ratio);
    }
    this.truckPen.putImageData(this.image, 0, 0);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.trucks, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (followed >= 0 && state.doing[followed] > AWAY && state.doing[followed] < OUT) {
      for (const [width, color] of [[5, "#ffffff"], [2.5, "#c2003b"]]) {
        pen.strokeStyle = color;
        pen.lineWidth = width;
        pen.beginPath();
        pen.arc(state.x[followed], state.y[followed], 10, 0, 7);
        pen.stroke();
      }
    }
  }

  // Lanes: free, serving, blocked, being set up or closed, each with a look that needs no color.
  drawLanes(g) {
    const { pen, plan, state, model } = this;
    const box = plan.boxes[g], { lanes, yard } = model.groups[g], built = state.way.scenario.lanes[g];
    if (yard) drawLane(pen, "idle", box.boothX, box.y, box.boothW, box.h);
    for (let lane = 0; lane < Math.min(lanes, built); lane++) {
      const k = state.slotOf[model.firstSlot[g] + lane], y = box.first + lane * box.pitch;
      const look = k >= 0 ? (state.doing[k] === HELD ? "blocked" : state.doing[k] === SERVED ? "busy" : "idle")
        : lane < state.open[g] - state.setUp[g] ? "idle" : lane < state.open[g] ? "setUp" : "closed";
      drawLane(pen, look, box.boothX, y + 0.5, box.boothW, Math.max(1, box.pitch - 1.5));
      if (k >= 0) this.move(k, box.boothX + box.boothW / 2, y + box.pitch / 2, this.glide);
    }
  }

  stamp(sprite, x, y) {
    const { pixels } = this, { width, height } = this.image;
    const left = Math.round(x - sprite.half), top = Math.round(y - sprite.half);
    if (left < 0 || top < 0 || left + sprite.side > width || top + sprite.side > height) return;
    const from = top * width + left, { colors } = sprite;
    for (let i = 0; i < colors.length; i++) pixels[from + sprite.y[i] * width + sprite.x[i]] = colors[i];
  }

  move(k, x, y, glide) {
    const { state } = this;
    if (!state.placed[k]) {
      state.placed[k] = 1;
      state.x[k] = x;
      state.y[k] = y;
    } else {
      state.x[k] += (x - state.x[k]) * glide;
      state.y[k] += (y - state.y[k]) * glide;
    }
  }

  drive(k, glide) {
    const { state, plan } = this, path = plan.paths[state.path[k]];
    const length = Math.max(1, state.until[k] - state.since[k]);
    const at = Math.max(0, Math.min(1, (state.now - state.since[k]) / length)) * POINTS;
    const p = Math.min(POINTS - 1, Math.floor(at)), share = at - p;
    const dx = path[2 * p + 2] - path[2 * p], dy = path[2 * p + 3] - path[2 * p + 1];
    const side = (k % 2 ? ROW : -ROW) / (Math.hypot(dx, dy) || 1);
    this.move(k, path[2 * p] + dx * share - dy * side, path[2 * p + 1] + dy * share + dx * side, glide);
  }

  // The nearest truck to a point of the picture, if it is near.
  at(x, y) {
    const { state } = this;
    let best = -1, near = 14 * 14;
    for (let a = 0; a < state.activeCount; a++) {
      const k = state.active[a], d = (state.x[k] - x) ** 2 + (state.y[k] - y) ** 2;
      if (d < near) [best, near] = [k, d];
    }
    return best;
  }

  // Lines by station, as text.
  countText() {
    const { state, model } = this;
    const parts = model.data.places.map((place, p) => {
      const own = model.groups.map((_, g) => g).filter((g) => model.groups[g].place === p && state.lines[g].length);
      const all = own.reduce((sum, g) => sum + state.lines[g].length, 0);
      const stopped = model.groups.reduce((sum, group, g) => sum + (group.place === p ? state.stopped[g] : 0), 0);
      const each = own.map((g) => `${model.groups[g].short} ${count(state.lines[g].length)}`);
      const names = own.length > 1 ? ` (${each.join(", ")})` : "";
      const stands = stopped ? ` [${count(stopped)} ${say("stopped")}]` : "";
      return all || stopped ? `${place.name} ${count(all)}${names}${stands}` : "";
    });
    const lost = state.lost ? ` · ${say("without")}: ${count(state.lost)}` : "";
    const lines = parts.filter(Boolean).join("; ") || say("nobody");
    return `${say("inLine")}: ${lines} · ${say("crossed")}: ${count(state.crossed)}${lost}`;
  }

  // What a truck is doing, and since when.
  tell(k, clock) {
    const { state, model } = this, { way } = state, v = state.visit[k];
    const name = `${model.number[k]} (${model.data.classes[way.cls[k]]})`;
    const since = minutes(state.now - state.since[k]);
    const place = (v) => model.groups[way.group[v]].label;
    const at = (v) => (way.lane[v] ? `${place(v)}, ${say("lane")} ${way.lane[v]}` : place(v));
    const here = (word, place, more) => fill(say(word), { place, time: since, ...more });
    const what = () => {
      switch (state.doing[k]) {
        case ROAD: {
          const to = model.ways[state.path[k]].to;
          return here("road", to >= 0 ? model.data.places[to].name : say("exit"));
        }
        case LINE: {
          const ahead = state.lines[model.lineOf[way.group[v]]].indexOf(k);
          return here("line", place(v), { ahead: count(Math.max(0, ahead)) });
        }
        case MOVING_UP: return here("movingUp", at(v));
        case SERVED: return here("served", at(v));
        case HELD: return here("held", at(v));
        case LEAVING:
        case OUT: return `${say("out")} ${clock(state.since[k])}`;
        case GONE: return `${say("gone")} ${clock(state.since[k])}`;
        default: {
          const never = way.first[k] === way.first[k + 1] && !way.outcome[k];
          return never ? say("never") : `${say("later")} ${clock(model.entry[k])}`;
        }
      }
    };
    return `${name}: ${what()}`;
  }
}

const drawLane = (pen, look, x, y, w, h) => {
  pen.fillStyle = { idle: "#ffffff", busy: "#ffe39a", blocked: "#ffc9b3", setUp: "#ffffff", closed: "#9aa3ad" }[look];
  pen.fillRect(x, y, w, h);
  if (h < 2.5) return;
  pen.strokeStyle = look === "closed" ? "#5e6875" : "#1f2933";
  pen.lineWidth = look === "blocked" ? 2 : 1;
  if (look === "setUp") pen.setLineDash([2, 2]);
  pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  if (look === "setUp") pen.setLineDash([]);
  if (look === "closed" && h >= 4) {
    pen.beginPath();
    pen.moveTo(x + 2, y + 1);
    pen.lineTo(x + w - 2, y + h - 1);
    pen.moveTo(x + 2, y + h - 1);
    pen.lineTo(x + w - 2, y + 1);
    pen.strokeStyle = "#1f2933";
    pen.stroke();
  }
  if (look === "blocked") {
    pen.fillStyle = "#8f2400";
    pen.fillRect(x + w - 3, y, 3, h);
  }
};

// A class as pixels: places relative to the middle of the truck, and colors.
const sprite = (cls, size, ratio) => {
  const side = Math.max(2, Math.ceil(size * ratio)), half = side / 2;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  traceClass(pen, cls, half, half, half);
  const colors = new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer);
  const seen = [...colors.keys()].filter((i) => colors[i] !== 0);
  return { half, side, x: Int16Array.from(seen, (i) => i % side), y: Int16Array.from(seen, (i) => Math.floor(i / side)),
    colors: Uint32Array.from(seen, (i) => colors[i]) };
};

const cut = (pen, font, text, room) => {
  pen.font = font;
  if (pen.measureText(text).width <= room) return text;
  while (text.length > 1 && pen.measureText(`${text}…`).width > room) text = text.slice(0, -1);
  return `${text}…`;
};
