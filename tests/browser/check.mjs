// Opens a report in headless Chromium and tells, as JSON on stdout, what it found.
//
// node check.mjs TOOLS CHROMIUM PAGE PICTURES SECTIONS FIGURES
// TOOLS: folder with node_modules of playwright-core and axe-core; PICTURES: folder for screenshots, or "-";
// SECTIONS, FIGURES: ids that must be there, joined by commas. Nothing is judged here: the test that calls it does.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";
import fs from "node:fs";

const [tools, chromium, file, pictures, sections, figures] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(tools), "here.js"));
const playwright = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(path.resolve(file)).href;

const browser = await playwright.chromium.launch({
  executablePath: chromium,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

const found = { errors: [], requests: [], faults: [], missing: [], overflow: [], languages: {}, replay: null, print: null, plain: null };

// A page that is listened to: errors of the console, requests that are not the file itself.
const open = async (options) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") found.errors.push(message.text());
  });
  page.on("dialog", (dialog) => {
    found.errors.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("pageerror", (error) => found.errors.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:") && !url.startsWith("blob:")) found.requests.push(url);
  });
  await page.goto(address);
  return { context, page };
};

// What of the page can be seen in the language that is chosen: text of each section and figure.
const seen = (page) =>
  page.evaluate(([sections, figures]) => {
    const visible = (element) => element && element.getClientRects().length > 0;
    const text = (element) => (visible(element) ? element.innerText.trim() : "");
    const drawn = (figure) => {
      const svg = figure.querySelector("svg.chart");
      return svg ? svg.getBoundingClientRect().height : null;
    };
    const of = (ids) => Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));
    return {
      lang: document.documentElement.lang,
      title: document.querySelector("h1").innerText,
      sections: Object.fromEntries(Object.entries(of(sections)).map(([id, e]) => [id, text(e).length])),
      figures: Object.fromEntries(
        Object.entries(of(figures)).map(([id, e]) => [id, e && { text: text(e).length, svg: drawn(e), missing: e.classList.contains("missing") }]),
      ),
      tables: [...document.querySelectorAll("table")].filter(visible).length,
    };
  }, [sections.split(","), figures.split(",")]);

const shot = async (page, name, options = {}) => {
  if (pictures !== "-") await page.screenshot({ path: path.join(pictures, `${name}.png`), ...options });
};

for (const [width, height] of [[1280, 800], [390, 844]]) {
  const { context, page } = await open({ viewport: { width, height } });
  for (const language of ["en", "es"]) {
    await page.click(`label[for=language-${language}]`);
    const name = `${width}-${language}`;
    found.languages[name] = await seen(page);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
    if (wide > 0) found.overflow.push(`${name}: ${wide} px`);
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const violation of result.violations) {
      if (["serious", "critical"].includes(violation.impact)) {
        found.faults.push(`${name}: ${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      }
    }
    for (const id of sections.split(",")) {
      const section = await page.$(`#${id}`);
      if (section && pictures !== "-") await section.screenshot({ path: path.join(pictures, `${name}-${id}.png`) });
    }
  }
  await context.close();
}

// The replay: frames a second, three times.
{
  const { context, page } = await open({ viewport: { width: 1280, height: 800 } });
  const button = await page.$("#replay-open");
  if (button) {
    await button.click();
    await page.waitForFunction(() => window.cruceReplay);
    const rates = [];
    for (let round = 0; round < 3; round++) {
      await page.evaluate(() => window.cruceReplay.play());
      const before = await page.evaluate(() => [window.cruceReplay.frames(), performance.now()]);
      await page.waitForTimeout(2500);
      const after = await page.evaluate(() => [window.cruceReplay.frames(), performance.now()]);
      rates.push((1000 * (after[0] - before[0])) / (after[1] - before[1]));
      await page.evaluate(() => window.cruceReplay.pause());
    }
    rates.sort((a, b) => a - b);
    await shot(page, "replay");
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run("#replay", { resultTypes: ["violations"] }));
    for (const violation of result.violations) {
      if (["serious", "critical"].includes(violation.impact)) found.faults.push(`replay: ${violation.id}: ${violation.nodes[0].html.slice(0, 200)}`);
    }
    found.replay = { rates, stats: await page.evaluate(() => window.cruceReplay.stats()) };
  }
  await context.close();
}

// On paper.
{
  const { context, page } = await open({ viewport: { width: 1280, height: 800 } });
  const bytes = await page.pdf({ format: "Letter", ...(pictures === "-" ? {} : { path: path.join(pictures, "report.pdf") }) });
  const pages = (bytes.toString("latin1").match(/\/Type\s*\/Page[^s]/g) ?? []).length;
  found.print = { bytes: bytes.length, pages };
  await context.close();
}

// Without scripts.
{
  const { context, page } = await open({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
  await page.click("label[for=language-es]");
  found.plain = await seen(page);
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  found.plain.opened = (await seen(page)).tables;
  found.plain.tablesInAll = await page.evaluate(() => document.querySelectorAll("table").length);
  await context.close();
}

await browser.close();
console.log(JSON.stringify(found));
