// What a frame costs, for docs/budgets.md: `node tests/browser/frames.mjs`, with CHROMIUM naming
// the browser. Prints figures and fails on nothing: a busy machine is no defect.
//
// A frame is the time between two animation frames; a browser that keeps up shows its own pace
// (16.7 ms), so the time inside the page's callback is printed beside it. A page at rest makes no
// frames at all; what the browser itself needs tells a bare page with four canvases as large as
// the diagram's, of which the upper three get one small square a frame.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { node, open, openFile, pause, play, runs, small } from "./page.mjs";
import { publishedPolicy, serve } from "./server.mjs";

const FRAMES = 180;
const BACK_ENDS = [["no GPU", "--disable-gpu"], ["SwiftShader", "--use-angle=swiftshader"]];
const PARTS = 200;
const top = fileURLToPath(new URL("../..", import.meta.url));

/** Counts how long each callback of an animation frame takes, and how far frames lie apart. */
function watchFrames() {
  const ask = window.requestAnimationFrame.bind(window);
  window.spent = [];
  window.requestAnimationFrame = (run) =>
    ask((now) => {
      const begin = performance.now();
      run(now);
      window.spent.push(performance.now() - begin);
    });
  window.measure = (frames) =>
    new Promise((done) => {
      const gaps = [];
      let last = null;
      window.spent = [];
      const next = (now) => {
        if (last !== null) gaps.push(now - last);
        last = now;
        if (gaps.length < frames) ask(next);
        else done({ gaps, spent: window.spent });
      };
      ask(next);
    });
}

const p95 = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.95)] ?? 0;

function report(label, { gaps, spent }) {
  const millis = (n) => `${n.toFixed(1).padStart(6)} ms`;
  const figures = `frame p95 ${millis(p95(gaps))}   callback p95 ${millis(p95(spent))}`;
  console.log(`  ${label.padEnd(34)} ${figures}`);
}

/** Two hundred streams in rows, which nothing feeds. */
function manyParts() {
  const nodes = Array.from({ length: PARTS }, (_, at) => ({
    id: at + 1,
    kind: "stream",
    name: `stream-${at + 1}`,
    at: [(at % 20) * 420, Math.floor(at / 20) * 240],
    config: {},
  }));
  return { format: "rivulet/scenario", version: 1, title: "Many", nodes, edges: [] };
}

/** So many records that ribbons stand for them. */
function manyRecords() {
  const fed = small({ producer: { records_per_sec: 30_000, key_count: 1_000 } });
  fed.nodes[1].config = { shards: 64 };
  return fed;
}

/**
 * Thirty wires, each with a dot for every record. At 10x a record is on its way for six simulated
 * seconds: with 56 records a second 10,000 dots, just few enough on each wire not to be a ribbon.
 */
function manyDots(rate) {
  const made = { records_per_sec: rate, key_count: 1_000 };
  const pairs = Array.from({ length: 30 }, (_, at) => [
    { id: 2 * at + 1, kind: "producer", name: `clicks-${at + 1}`, at: [0, at * 35], config: made },
    { id: 2 * at + 2, kind: "stream", name: `orders-${at + 1}`, at: [1_500, at * 35] },
  ]);
  const edges = pairs.map(([from, to], at) => (
    { id: at + 1, from: [from.id, "out"], to: [to.id, "in"] }
  ));
  const nodes = pairs.flat().map((it) => ({ config: { shards: 1 }, ...it }));
  return { format: "rivulet/scenario", version: 1, title: "Dots", nodes, edges };
}

/** A page with nothing but canvases, of which the upper three change. */
async function bare(page) {
  const canvases = "<canvas width=912 height=636 style='position:absolute'></canvas>".repeat(4);
  await page.setContent(canvases);
  await page.evaluate(() => {
    const all = [...document.querySelectorAll("canvas")].map((it) => it.getContext("2d"));
    const next = (now) => {
      for (const context of all.slice(1)) {
        context.fillStyle = `hsl(${now % 360} 50% 50%)`;
        context.fillRect(0, 0, 20, 20);
      }
      window.requestAnimationFrame(next);
    };
    window.requestAnimationFrame(next);
  });
}

/** The share of a core that the page's own thread takes from two seconds after now on. */
async function idleShare(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  };
  await page.waitForTimeout(2_000);
  const before = await busy();
  await page.waitForTimeout(3_000);
  return (await busy() - before) / 3;
}

async function measure(page, site) {
  const frames = (count = FRAMES) => page.evaluate((count) => window.measure(count), count);
  await page.addInitScript(watchFrames);
  await page.goto("about:blank");
  await bare(page);
  report("bare page with four canvases", await frames());
  await open(page, site);
  await runs(page);
  await pause(page);
  console.log(`  page at rest: ${((await idleShare(page)) * 100).toFixed(1)} % of a core`);
  await play(page);
  report("hot key, running", await frames());
  await openFile(page, manyRecords());
  await play(page);
  await runs(page);
  report("30,000 records a second", await frames());
  for (const [label, rate] of [["30 wires, no record", 0], ["the same, 10,000 dots", 56]]) {
    await openFile(page, manyDots(rate));
    await page.getByRole("button", { name: "Fit", exact: true }).click();
    await page.getByRole("slider", { name: "Speed" }).fill("200");
    await play(page);
    // Until the first records of all wires have arrived.
    await page.waitForTimeout(2_000);
    report(label, await frames());
  }
  await openFile(page, manyParts());
  await page.getByRole("button", { name: "Fit", exact: true }).click();
  const box = await node(page, "stream-1").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  const measured = frames(90);
  for (let step = 0; step < 120; step += 1) {
    await page.mouse.move(box.x + 40 + step * 3, box.y + 40 + (step % 20) * 4);
  }
  report(`dragging one of ${PARTS} parts`, await measured);
  await page.mouse.up();
}

const site = await serve(join(top, "dist"), await publishedPolicy(join(top, "README.md")));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
for (const [name, flag] of BACK_ENDS) {
  const browser = await chromium.launch({ executablePath, args: [flag, "--no-sandbox"] });
  try {
    console.log(name);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await measure(page, site.origin);
  } finally {
    await browser.close();
  }
}
site.stop();
