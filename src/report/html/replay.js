// The replay, last part: texts, controls, and time. One replication of two scenarios from above, on two canvases.
//
// The three parts stand in one block of the page's script, `replay_state.js` first. Nothing is built until the button
// is pressed, and nothing plays by itself.

const byId = (id) => document.getElementById(id);
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
  held: ["served at {place}, but held in the lane for {time}",
    "atendido en {place}, pero detenido en el carril desde hace {time}"],
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

const minutes = (seconds) => {
  const [h, min] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (min < 1) return `${Math.floor(seconds)}\u00a0s`;
  return min < 120 ? `${min}\u00a0min` : `${h}\u00a0h ${min % 60}\u00a0min`;
};

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
  let now = 0, playing = false, followed = -1;
  let frames = 0, waiting = 0, lastFrame = 0, lastText = -1e9, lastStatus = -1e9, laterStatus = 0; // milliseconds
  const inOwn = (scenario) => (document.documentElement.lang === "es" ? scenario.es : scenario.en);

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
    // Read aloud, once a second at most: a truck that is followed, or what stands still.
    if (followed < 0 && playing) return;
    clearTimeout(laterStatus);
    const told = () => {
      lastStatus = performance.now();
      const each = panels.map(({ select, following, counts }) =>
        `${select.selectedOptions[0].textContent}: ${(followed >= 0 ? following : counts).textContent}`);
      status.textContent = `${clock(now)}. ${each.join(". ")}`;
    };
    const rest = 1000 - (performance.now() - lastStatus);
    if (rest <= 0) told();
    else laterStatus = setTimeout(told, rest);
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
      panel.select.replaceChildren(...data.scenarios.map((scenario, i) => new Option(inOwn(scenario), String(i))));
      panel.select.value = String(panel.scenario);
      panel.canvas.setAttribute("aria-label", say("picture") + panel.select.selectedOptions[0].textContent);
    }
    const chosen = speed.value || "1440";
    const told = (n) => (n === 1440 ? `1440× (${say("speedDay")})` : `${n}×`);
    speed.replaceChildren(...[1, 10, 60, 300, 600, 1440].map((n) => new Option(told(n), String(n))));
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
      ...data.classes.map((name, cls) => item((pen) => traceClass(pen, cls, 9, 7, 6), name)).filter((_, cls) => used[cls]),
      ...["idle", "busy", "blocked", "setUp", "closed"].map((look) =>
        item((pen) => drawLane(pen, look, 1, 1, 16, 12), say(look))));
    resize();
  };

  panels[0].show(data.baseline, 0);
  const other = data.scenarios.findIndex((_, i) => i !== data.baseline);
  panels[1].show(other < 0 ? data.baseline : other, 0);
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
    for (let k = 0; k < model.number.length && found.length < 40; k++) {
      if (model.number[k].includes(typed)) found.push(new Option(model.number[k]));
    }
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

const opener = byId("replay-open");
if (opener) {
  opener.hidden = false; // Without scripts there is nothing to open.
  opener.addEventListener("click", () => {
    if (!window.cruceReplay) build();
    opener.hidden = true;
    byId("replay-play").focus();
  });
}
