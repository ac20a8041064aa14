// The replay: one replication of two scenarios from above, drawn on two canvases.
//
// `report/replay.rs` writes the data (#replay-data) and says what its numbers mean. From each scenario's visits we make
// a list of events in order of time (`readScenario`). A panel keeps the state of all trucks at one instant and moves it
// forward event by event (`apply`); going back starts again from the beginning, which takes some milliseconds. A frame
// touches the trucks that are inside and nothing else, and allocates nothing. Positions glide to where the state says
// that a truck is. Nothing is built until the button is pressed, and nothing plays by itself.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const opener = byId("replay-open");
  if (!opener) return;

  // Texts that are not in the page: [English, Spanish].
  const WORDS = {
    mexico: ["Mexico", "México"],
    usa: ["United States", "Estados Unidos"],
    exit: ["exit", "salida"],
    day: ["day", "día"],
    speedDay: ["a day in a minute", "un día por minuto"],
    picture: ["Top view of the crossing: ", "Vista desde arriba del cruce: "],
    inLine: ["In line", "En fila"],
    nobody: ["nobody", "nadie"],
    crossed: ["crossed", "cruzaron"],
    without: ["left without crossing", "se fueron sin cruzar"],
    unknown: ["No truck has this number.", "Ningún camión tiene este número."],
    follow: ["Following", "Siguiendo a"],
    later: ["comes at", "llega a las"],
    road: ["on the way to {place} for {time}", "en camino a {place} desde hace {time}"],
    line: ["waiting at {place} for {time}, {ahead} ahead", "espera en {place} desde hace {time}, {ahead} adelante"],
    movingUp: ["moving up to {place}", "avanza a {place}"],
    served: ["in service at {place} for {time}", "en servicio en {place} desde hace {time}"],
    held: ["served at {place}, but held in the lane for {time}", "atendido en {place}, pero detenido en el carril desde hace {time}"],
    out: ["crossed at", "cruzó a las"],
    gone: ["left without crossing at", "se fue sin cruzar a las"],
    never: ["does not come in this scenario", "no llega en este escenario"],
    lane: ["lane", "carril"],
    idle: ["open, free", "abierta, libre"],
    busy: ["serving", "atiende"],
    blocked: ["blocked by its truck", "bloqueada por su camión"],
    setUp: ["being set up", "en preparación"],
    closed: ["closed", "cerrada"],
    stopped: ["stopped", "detenidas"],
  };
  const say = (word) => WORDS[word][document.documentElement.lang === "es" ? 1 : 0];
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const count = (n) => n.toLocaleString("en-US"); // Mexico writes 1,234 too.

  // What a truck is doing.
  const AWAY = 0, ROAD = 1, LINE = 2, MOVING_UP = 3, SERVED = 4, HELD = 5, LEAVING = 6, OUT = 7, GONE = 8;
  // What may happen to it.
  const ARRIVE = 0, START = 1, END = 2, LEAVE = 3, VANISH = 4, DRIVEN_OFF = 5, SET_OUT = 6, CALL = 7;
  const CROSSED = 1, RENEGED = 5, UNFINISHED = 6; // Outcomes.
  const LEAVING_SECONDS = 60;

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

  // ---- Reading ----

  // Small whole numbers: base64 digits of five bits, the lowest first; all but the last have 32 added.
  const DIGITS = new Map([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].map((c, i) => [c, i]));
  const digits = (text) => {
    let at = 0;
    return {
      more: () => at < text.length,
      next: () => {
        let number = 0, weight = 1;
        for (;;) {
          const digit = DIGITS.get(text[at++]);
          if (digit === undefined) return number;
          number += (digit % 32) * weight;
          if (digit < 32) return number;
          weight *= 32;
        }
      },
    };
  };

  const readNumbers = (short) => {
    let before = "";
    return short.map((text) => (before = before.slice(0, parseInt(text[0], 36)) + text.slice(1)));
  };

  // The visits of all trucks of a scenario, and everything that happens in order of time.
  const readScenario = (data, scenario, model) => {
    const n = model.entry.length;
    const cls = new Uint8Array(n), outcome = new Uint8Array(n), first = new Int32Array(n + 1);
    const group = [], lane = []; // by visit
    const time = [], truck = [], kind = [], visit = []; // by event
    const gaveUp = new Map();
    for (let read = digits(scenario.gave_up), k = 0; read.more();) {
      k += read.next();
      gaveUp.set(k, read.next());
    }
    const read = digits(scenario.trucks);
    for (let k = 0; k < n; k++) {
      const head = read.next();
      const visits = Math.floor(head / 8);
      outcome[k] = head % 8;
      cls[k] = read.next();
      first[k] = group.length;
      let now = model.entry[k];
      const happens = (what) => {
        time.push(now);
        truck.push(k);
        kind.push(what);
        visit.push(group.length - 1);
      };
      for (let v = 0; v < visits; v++) {
        const code = read.next(), stage = code % 5, way = read.next();
        if (v === 0 && way > 0) happens(SET_OUT);
        now += way;
        group.push(Math.floor(code / 5));
        lane.push(stage >= 1 ? read.next() : 0);
        happens(ARRIVE);
        if (stage >= 1) {
          // It holds its lane while it moves up from the line, before service starts.
          const wait = read.next(), moving = Math.min(wait, model.groups[group[group.length - 1]].moveUp);
          now += wait - moving;
          if (moving > 0) happens(CALL);
          now += moving;
          happens(START);
        }
        if (stage >= 2) now += read.next();
        if (stage === 2 || stage === 4) happens(END);
        if (stage === 4) now += read.next();
        if (stage >= 3) happens(LEAVE);
        if (v + 1 < visits) continue;
        if (stage >= 3 && outcome[k] === CROSSED) { now += LEAVING_SECONDS; happens(DRIVEN_OFF); }
        else if (stage >= 3 || outcome[k] !== UNFINISHED) {
          now = outcome[k] === RENEGED ? gaveUp.get(k) ?? data.until : now;
          happens(VANISH);
        }
      }
      if (visits === 0 && outcome[k]) happens(VANISH); // It was turned away before it came to a station.
    }
    first[n] = group.length;
    // Of one second: a truck's own order, and those that came earlier first.
    const order = Uint32Array.from(time, (_, i) => i).sort((a, b) => time[a] - time[b] || a - b);
    const sorted = (list) => Int32Array.from(order, (i) => list[i]);
    const openings = { time: [], group: [], open: [], setUp: [], stopped: [] };
    for (let read = digits(scenario.open), now = 0; read.more();) {
      openings.time.push((now += read.next()));
      for (const name of ["group", "open", "setUp", "stopped"]) openings[name].push(read.next());
    }
    return { scenario, cls, outcome, first, group: Int16Array.from(group), lane: Int32Array.from(lane),
      time: sorted(time), truck: sorted(truck), kind: sorted(kind), visit: sorted(visit), openings };
  };

  // ---- State ----

  // The crossing of one scenario at an instant.
  class State {
    constructor(model, way) {
      const n = model.entry.length, groups = model.groups.length;
      Object.assign(this, { model, way });
      this.doing = new Uint8Array(n);
      this.since = new Int32Array(n);
      this.until = new Int32Array(n); // end of a way
      this.visit = new Int32Array(n);
      this.path = new Int16Array(n);
      this.x = new Float32Array(n);
      this.y = new Float32Array(n);
      this.placed = new Uint8Array(n); // It has a position to glide from.
      this.active = new Int32Array(n);
      this.place = new Int32Array(n); // in `active`
      this.lines = Array.from({ length: groups }, () => []);
      this.yards = Array.from({ length: groups }, () => []);
      this.slotOf = new Int32Array(model.slots);
      this.open = new Int32Array(groups);
      this.setUp = new Int32Array(groups);
      this.stopped = new Int32Array(groups);
      this.peaks = new Int32Array(groups);
      this.reset();
    }

    reset() {
      this.doing.fill(AWAY);
      this.placed.fill(0);
      this.activeCount = this.event = this.opening = this.crossed = this.lost = 0;
      this.now = 0;
      for (const list of [...this.lines, ...this.yards]) list.length = 0;
      this.slotOf.fill(-1);
      this.way.scenario.lanes.forEach((lanes, g) => (this.open[g] = lanes));
      this.setUp.fill(0);
      this.stopped.fill(0);
    }

    // Moves on, or back, to an instant.
    go(now) {
      if (now < this.now) this.reset();
      else if (now > this.now + 900) this.placed.fill(0); // A jump: nothing glides.
      const { way } = this;
      while (this.event < way.time.length && way.time[this.event] <= now) this.apply(this.event++);
      const { openings } = way;
      for (; this.opening < openings.time.length && openings.time[this.opening] <= now; this.opening++) {
        const g = openings.group[this.opening];
        this.open[g] = openings.open[this.opening];
        this.setUp[g] = openings.setUp[this.opening];
        this.stopped[g] = openings.stopped[this.opening];
      }
      this.now = now;
    }

    apply(event) {
      const { way, model } = this;
      const k = way.truck[event], now = way.time[event], v = way.visit[event];
      const before = this.doing[k], kind = way.kind[event];
      if (before === AWAY && kind !== DRIVEN_OFF) {
        this.place[k] = this.activeCount;
        this.active[this.activeCount++] = k;
      }
      // A stretch after an interruption: it goes back to the head of its line, or keeps its lane.
      const again = kind === ARRIVE && before === HELD;
      if (before === LINE) remove(this.lines[model.lineOf[way.group[this.visit[k]]]], k);
      else if (before === MOVING_UP || before === SERVED || before === HELD) this.vacate(k);
      this.since[k] = now;
      if (v >= 0) this.visit[k] = v;
      switch (kind) {
        case SET_OUT:
          this.travel(k, -1, way.first[k], now);
          break;
        case ARRIVE: {
          if (again && way.lane[v]) {
            this.occupy(k, v, HELD);
            break;
          }
          const g = model.lineOf[way.group[v]], line = this.lines[g];
          this.doing[k] = LINE;
          if (again) line.unshift(k);
          else line.push(k);
          this.peaks[g] = Math.max(this.peaks[g], line.length);
          break;
        }
        case CALL:
          this.occupy(k, v, MOVING_UP);
          break;
        case START:
          this.occupy(k, v, SERVED);
          break;
        case END:
          this.occupy(k, v, HELD);
          break;
        case LEAVE:
          if (v + 1 < way.first[k + 1]) this.travel(k, model.placeOf[way.group[v]], v + 1, now);
          else if (way.outcome[k] === CROSSED) {
            this.doing[k] = LEAVING;
            this.crossed++;
            this.until[k] = now + LEAVING_SECONDS;
            this.path[k] = model.pathOf(model.placeOf[way.group[v]], -1);
          }
          break;
        case DRIVEN_OFF:
          this.doing[k] = OUT;
          this.since[k] = now - LEAVING_SECONDS;
          this.retire(k);
          break;
        case VANISH:
          this.doing[k] = GONE;
          this.lost++;
          this.retire(k);
          break;
      }
    }

    travel(k, from, visit, now) {
      const { way, model } = this;
      this.doing[k] = ROAD;
      this.path[k] = model.pathOf(from, model.placeOf[way.group[visit]]);
      this.until[k] = this.arrival(k, visit, now);
    }

    // When a truck that is on its way arrives: its next event.
    arrival(k, visit, now) {
      const { way } = this;
      if (!way.arrivals) {
        way.arrivals = new Int32Array(way.group.length);
        way.time.forEach((time, i) => { if (way.kind[i] === ARRIVE) way.arrivals[way.visit[i]] = time; });
      }
      return Math.max(way.arrivals[visit], now);
    }

    occupy(k, v, doing) {
      const { way, model } = this;
      const g = way.group[v], lane = way.lane[v];
      this.doing[k] = doing;
      if (lane > 0 && lane <= model.groups[g].lanes) this.slotOf[model.firstSlot[g] + lane - 1] = k;
      else this.yards[g].push(k);
    }

    vacate(k) {
      const { way, model } = this;
      const v = this.visit[k], g = way.group[v], slot = model.firstSlot[g] + way.lane[v] - 1;
      if (way.lane[v] > 0 && way.lane[v] <= model.groups[g].lanes) {
        if (this.slotOf[slot] === k) this.slotOf[slot] = -1;
      } else remove(this.yards[g], k);
    }

    retire(k) {
      const last = this.active[--this.activeCount];
      this.active[this.place[k]] = last;
      this.place[last] = this.place[k];
    }
  }

  const remove = (list, k) => {
    const place = list.indexOf(k);
    if (place >= 0) list.splice(place, 1);
  };

  // What all scenarios have in common.
  const readModel = (data) => {
    const read = digits(data.entries);
    const number = readNumbers(data.numbers);
    let now = 0;
    const entry = Int32Array.from(number, () => (now += read.next()));
    const groups = [], placeOf = [], lineOf = [], firstSlot = [];
    let slots = 0;
    data.places.forEach((place, p) => {
      const first = groups.length;
      for (const group of place.groups) {
        lineOf.push(place.shared ? first : groups.length);
        placeOf.push(p);
        firstSlot.push(slots);
        const lanes = group.lanes ?? 0; // A yard has no lanes, but room.
        const alone = place.groups.length === 1;
        groups.push({ place: p, lanes, yard: group.lanes === null, moveUp: group.move_up ?? 0, label: alone ? place.name : `${place.name}.${group.name}` });
        slots += lanes;
      }
    });
    const ways = data.ways.map(([from, to, road]) => ({ from, to, road }));
    const known = new Map(ways.map((way, i) => [`${way.from} ${way.to}`, i]));
    // A way that trucks take though no route says so is drawn like any other.
    const pathOf = (from, to) => {
      const key = `${from} ${to}`;
      if (!known.has(key)) {
        known.set(key, ways.length);
        ways.push({ from, to, road: null });
      }
      return known.get(key);
    };
    const model = { data, number, entry, groups, placeOf, lineOf, firstSlot, slots, ways, pathOf };
    model.scenarios = data.scenarios.map((scenario) => readScenario(data, scenario, model));
    // A run through each scenario tells the longest lines, and finds all ways.
    model.peaks = new Int32Array(groups.length);
    for (const way of model.scenarios) {
      const state = new State(model, way);
      state.go(data.until);
      state.peaks.forEach((peak, g) => (model.peaks[g] = Math.max(model.peaks[g], peak)));
    }
    return model;
  };

  // ---- Layout ----

  const POINTS = 48; // along a way
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
        if (place.shared) Object.assign(boxes[own[0]], { lineY: boxes[own[0]].y, lineH: low.y + low.h - boxes[own[0]].y });
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
      const near = (to, share) => [b[0] + (to[0] - b[0]) * share, b[1] + (to[1] - b[1]) * share];
      const [start, end] = [near(a, 0.5), near(c, 0.5)];
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

  // ---- Drawing ----

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
      this.boothSprites = this.model.data.classes.map((_, cls) => sprite(cls, Math.max(size * 0.9, 8), ratio));
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
      text(say("mexico"), border === null ? 8 : Math.max(8, border - 8), 17, border === null || border < 70 ? "left" : "right", bold, "#6b4a00");
      pen.font = bold;
      const usa = say("usa"), room = plan.width - 8 - pen.measureText(usa).width;
      text(usa, border === null ? room : Math.min(room, border + 8), 17, "left", bold, "#0b4a75");
      text(`${say("exit")} →`, plan.width - 6, plan.highway - 13, "right", "600 12px system-ui, sans-serif", "#1f2933");
      plan.boxes.forEach((box, g) => text(cut(pen, plain, model.groups[g].label, box.room), box.x, box.label, "left", plain, "#1f2933"));
      model.ways.forEach((way, i) => {
        const path = plan.paths[i];
        if (way.road && way.to >= 0) text(cut(pen, plain, way.road, 90), path[POINTS], path[POINTS + 1] + 23, "center", plain, "#4a5562");
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
        const large = doing === SERVED || doing === HELD || doing === MOVING_UP;
        this.stamp((large ? this.boothSprites : this.sprites)[way.cls[k]], state.x[k] * ratio, state.y[k] * ratio);
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
        const names = own.length > 1 ? ` (${own.map((g) => `${model.groups[g].label.slice(place.name.length + 1)} ${count(state.lines[g].length)}`).join(", ")})` : "";
        const stands = stopped ? ` [${count(stopped)} ${say("stopped")}]` : "";
        return all || stopped ? `${place.name} ${count(all)}${names}${stands}` : "";
      });
      const lost = state.lost ? ` · ${say("without")}: ${count(state.lost)}` : "";
      return `${say("inLine")}: ${parts.filter(Boolean).join("; ") || say("nobody")} · ${say("crossed")}: ${count(state.crossed)}${lost}`;
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
          default: return way.first[k] === way.first[k + 1] && !way.outcome[k] ? say("never") : `${say("later")} ${clock(model.entry[k])}`;
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

  const minutes = (seconds) => (seconds < 60 ? `${Math.floor(seconds)} s`
    : seconds < 7200 ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`);

  // ---- The view ----

  const build = () => {
    const data = JSON.parse(byId("replay-data").textContent);
    const model = readModel(data);
    const view = byId("replay-view");
    view.hidden = false;
    const [play, speed, range, clockText] = ["play", "speed", "time", "clock"].map((id) => byId(`replay-${id}`));
    const [truckInput, truckList, unfollow] = ["truck", "trucks", "unfollow"].map((id) => byId(`replay-${id}`));
    const [status, legend] = ["status", "legend"].map((id) => byId(`replay-${id}`));
    const panels = ["left", "right"].map((side) => new Panel(model, side));
    const days = data.until > 86400 || data.clock.length > 1 && data.until > 82800;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)");
    let now = 0, playing = false, frames = 0, followed = -1, lastFrame = 0, lastText = -1e9, lastStatus = -1e9, waiting = 0;

    // Local time of day of a second of the run; with the day where there are several.
    const clock = (second) => {
      let add = data.clock[0][1];
      for (const [from, more] of data.clock) if (from <= second) add = more;
      const local = Math.floor(second) + add;
      const two = (n) => String(n).padStart(2, "0");
      const time = `${two(Math.floor((local % 86400) / 3600))}:${two(Math.floor((local % 3600) / 60))}`;
      return days ? `${say("day")} ${Math.floor(local / 86400) + 1}, ${time}` : time;
    };

    const texts = (time) => {
      lastText = time;
      clockText.textContent = clock(now);
      range.value = String(Math.floor(now));
      range.setAttribute("aria-valuetext", clock(now));
      for (const panel of panels) {
        panel.counts.textContent = panel.countText();
        panel.following.textContent = followed >= 0 ? panel.tell(followed, clock) : "";
      }
      // Read aloud: now and then, and nothing while trucks merely move by.
      if ((followed >= 0 || !playing) && (time - lastStatus > 1000 || !playing)) {
        lastStatus = time;
        const told = panels.map((panel) => `${panel.select.selectedOptions[0].textContent}: ${panel[followed >= 0 ? "following" : "counts"].textContent}`);
        status.textContent = `${clock(now)}. ${told.join(". ")}`;
      }
    };

    const frame = (time) => {
      waiting = 0;
      const passed = Math.min(200, Math.max(0, time - lastFrame));
      lastFrame = time;
      if (playing) {
        now = Math.min(data.until, now + (passed / 1000) * Number(speed.value));
        if (now >= data.until) setPlaying(false);
      }
      // A truck moves half of the way to its place in 70 ms, whatever the number of frames.
      const glide = playing && !still.matches ? 1 - 0.5 ** (passed / 70) : 1;
      for (const panel of panels) {
        panel.state.go(now);
        panel.glide = glide;
        panel.draw(glide, followed);
      }
      frames++;
      if (!playing || time - lastText > 250) texts(time);
      if (playing) request();
    };
    const request = () => {
      if (!waiting) waiting = requestAnimationFrame(frame);
    };
    const setPlaying = (wanted) => {
      if (wanted && now >= data.until) now = 0;
      playing = wanted;
      view.classList.toggle("playing", playing);
      lastFrame = performance.now();
      request();
    };
    const seek = (second) => {
      now = Math.max(0, Math.min(data.until, second));
      for (const panel of panels) panel.state.placed.fill(0);
      request();
    };
    const resize = () => {
      for (const panel of panels) panel.resize();
      request();
    };
    // Follows a truck; if it is in neither picture now, time goes to its entry.
    const follow = (k, jump) => {
      followed = k;
      truckInput.value = k >= 0 ? model.number[k] : "";
      unfollow.disabled = k < 0;
      const inside = k >= 0 && panels.some(({ state }) => state.doing[k] > AWAY && state.doing[k] < OUT);
      if (k >= 0 && jump && !inside) seek(model.entry[k] + 1);
      request();
    };

    const relabel = () => {
      for (const panel of panels) {
        panel.select.replaceChildren(...data.scenarios.map((scenario, i) => new Option(document.documentElement.lang === "es" ? scenario.es : scenario.en, String(i))));
        panel.select.value = String(panel.scenario);
        panel.canvas.setAttribute("aria-label", say("picture") + panel.select.selectedOptions[0].textContent);
      }
      const chosen = speed.value || "1440";
      speed.replaceChildren(...[1, 10, 60, 300, 600, 1440].map((n) => new Option(n === 1440 ? `1440× (${say("speedDay")})` : `${n}×`, String(n))));
      speed.value = chosen;
      const used = data.classes.map((_, cls) => model.scenarios.some((way) => way.cls.includes(cls)));
      const item = (paint, text) => {
        const li = document.createElement("li"), canvas = document.createElement("canvas");
        canvas.width = 36;
        canvas.height = 28;
        canvas.style.cssText = "width:18px;height:14px";
        canvas.setAttribute("aria-hidden", "true");
        const pen = canvas.getContext("2d");
        pen.scale(2, 2);
        paint(pen);
        li.append(canvas, text);
        return li;
      };
      legend.replaceChildren(
        ...data.classes.map((name, cls) => used[cls] && item((pen) => traceClass(pen, cls, 9, 7, 6), name)).filter(Boolean),
        ...["idle", "busy", "blocked", "setUp", "closed"].map((look) => item((pen) => drawLane(pen, look, 1, 1, 16, 12), say(look))));
      resize();
    };

    panels[0].show(data.baseline, 0);
    panels[1].show(data.scenarios.length > 1 ? data.scenarios.findIndex((_, i) => i !== data.baseline) : data.baseline, 0);
    range.max = String(data.until);
    unfollow.disabled = true;
    relabel();

    play.addEventListener("click", () => setPlaying(!playing));
    range.addEventListener("input", () => seek(Number(range.value)));
    speed.addEventListener("change", request);
    unfollow.addEventListener("click", () => follow(-1, false));
    truckInput.addEventListener("input", () => {
      const typed = truckInput.value.trim();
      const found = [];
      for (let k = 0; k < model.number.length && found.length < 40; k++) if (model.number[k].includes(typed)) found.push(new Option(model.number[k]));
      truckList.replaceChildren(...found);
    });
    truckInput.addEventListener("change", () => {
      const k = model.number.indexOf(truckInput.value.trim());
      if (k >= 0) return follow(k, true);
      if (truckInput.value.trim()) status.textContent = say("unknown");
      truckInput.setCustomValidity(truckInput.value.trim() ? say("unknown") : "");
      truckInput.reportValidity();
      truckInput.setCustomValidity("");
    });
    for (const panel of panels) {
      panel.select.addEventListener("change", () => {
        panel.show(Number(panel.select.value), now);
        panel.canvas.setAttribute("aria-label", say("picture") + panel.select.selectedOptions[0].textContent);
        request();
      });
      panel.canvas.addEventListener("click", (event) => {
        const k = panel.at(event.offsetX, event.offsetY);
        if (k >= 0) follow(k, false);
      });
      panel.canvas.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        setPlaying(!playing);
      });
    }
    document.addEventListener("cruce:language", relabel);
    new ResizeObserver(resize).observe(panels[0].canvas);

    window.cruceReplay = {
      frames: () => frames,
      play: () => setPlaying(true),
      pause: () => setPlaying(false),
      seek,
      follow: (number) => follow(model.number.indexOf(number), true),
      stats: () => ({
        now, until: data.until, playing, trucks: model.number.length, size: panels[0].plan.size,
        panels: panels.map(({ state }) => ({
          inside: state.activeCount, crossed: state.crossed, lost: state.lost,
          inLine: state.lines.reduce((sum, line) => sum + line.length, 0),
        })),
      }),
    };
  };

  opener.addEventListener("click", () => {
    if (!window.cruceReplay) build();
    opener.hidden = true;
    byId("replay-play").focus();
  });
})();
