// The replay, first part: reading the data, and the state of a crossing at an instant.
//
// `report/replay.rs` writes the data (#replay-data) and says what its numbers mean. From each scenario's visits we make
// a list of events in order of time (`readScenario`). A `State` holds what all trucks do at one instant and moves
// forward event by event (`apply`); going back starts again from the beginning, which takes some milliseconds.

// What a truck is doing.
const AWAY = 0, ROAD = 1, LINE = 2, MOVING_UP = 3, SERVED = 4, HELD = 5, LEAVING = 6, OUT = 7, GONE = 8;
// What may happen to it.
const ARRIVE = 0, START = 1, END = 2, LEAVE = 3, VANISH = 4, DRIVEN_OFF = 5, SET_OUT = 6, CALL = 7;
const CROSSED = 1, RENEGED = 5, UNFINISHED = 6; // Outcomes.
const LEAVING_SECONDS = 60;

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
      const short = alone ? place.name : group.name, label = alone ? place.name : `${place.name}.${group.name}`;
      groups.push({ place: p, lanes, yard: group.lanes === null, moveUp: group.move_up, short, label });
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
