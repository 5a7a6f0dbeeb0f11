// What every case does with the page: open it, read the clock, find parts and ports.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Opens an address of the site and waits until the playground shows parts, or why it cannot. */
export async function open(page, address) {
  await page.goto(address);
  await page.locator("[data-node], dialog[open]").first().waitFor();
}

/** The moment to hurry to: a quiet one. What tells of trouble may come with the second half. */
export const LANDS_AT_SECS = 100;

/** Lands in `start.json`, which has the kinds that the first half of the module brings. */
export async function landsInFirstKinds(page) {
  const path = fileURLToPath(new URL("start.json", import.meta.url));
  await page.route("**/examples/hot-key.json", (route) => route.fulfill({ path }));
  await page.route("**/examples/index.json", async (route) => {
    const response = await route.fetch();
    const [first, ...others] = await response.json();
    await route.fulfill({ response, json: [{ ...first, at_secs: LANDS_AT_SECS }, ...others] });
  });
}

/** Waits until `read` gives something that `holds`; the message tells what came last. */
export async function until(read, holds, what, millis = 15_000) {
  const end = performance.now() + millis;
  for (;;) {
    const last = await read();
    if (holds(last)) return last;
    if (performance.now() > end) assert.fail(`${what}; last seen: ${JSON.stringify(last)}`);
    await new Promise((go) => setTimeout(go, 30));
  }
}

/** What `read` gives once it stays the same: handles follow the picture ten times a second. */
export async function settled(read) {
  for (let last = ""; ; ) {
    const now = await read();
    if (JSON.stringify(now) === last) return now;
    last = JSON.stringify(now);
    await new Promise((go) => setTimeout(go, 400));
  }
}

/** The clock of the page or of a frame, in milliseconds of the day. */
export async function clock(frame) {
  const [h, m, s] = (await frame.locator(".clock").first().innerText()).split(":");
  return Math.round((Number(h) * 3_600 + Number(m) * 60 + Number(s)) * 1_000);
}

/** Waits until simulated time passes. */
export async function runs(frame) {
  const before = await clock(frame);
  await until(() => clock(frame), (now) => now > before, "the clock stands still");
}

export async function pause(page) {
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
}

export async function play(page) {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
}

/** The names of the parts, in document order. */
export function parts(page) {
  return page.locator("[data-node]").evaluateAll((all) => all.map((it) => it.dataset.node));
}

/** Waits until exactly these parts are there. */
export async function shows(page, names) {
  const same = (now) => now.join() === names.join();
  await until(() => parts(page), same, `the parts are not ${names.join(", ")}`);
}

export const node = (page, name) => page.locator(`[data-node="${name}"]`);
export const port = (page, name) => page.locator(`[data-port="${name}"]`);

/** Selects a part by its header. */
export const select = (page, name) => node(page, name).click({ position: { x: 60, y: 12 } });

/** Opens a tab of the inspector. */
export const tab = (page, name) => page.locator("#inspector").getByRole("tab", { name }).click();

/** The middle of an element on the screen. */
export async function middle(locator) {
  const box = await locator.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Presses at one point, moves as a hand does, and lets go at another. */
export async function drag(page, [fromX, fromY], [toX, toY]) {
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move((fromX + toX) / 2, (fromY + toY) / 2, { steps: 4 });
  await page.mouse.move(toX, toY, { steps: 4 });
  await page.mouse.up();
}

/** What a screen reader was last told. */
export function said(page) {
  return page.locator("[aria-live]").evaluateAll((all) => all.map((it) => it.innerText).join("\n"));
}

/** Waits until a screen reader is told something like this. */
export async function hears(page, pattern) {
  await until(() => said(page), (words) => pattern.test(words), `nobody said ${pattern}`);
}

/** An empty canvas. */
export async function blank(page) {
  await page.getByRole("button", { name: "Scenario menu" }).click();
  await page.getByRole("button", { name: "New", exact: true }).click();
  await shows(page, []);
}

/** Opens a scenario file from memory. */
export async function openFile(page, scenario) {
  const buffer = Buffer.from(JSON.stringify(scenario));
  const file = { name: "scenario.json", mimeType: "application/json", buffer };
  await page.locator('input[type="file"][accept*="json"]').first().setInputFiles(file);
  await shows(page, scenario.nodes.map((it) => it.name));
}

/** A small scenario: producer to stream to consumer, with the given settings. */
export function small({ producer = {}, stream = {} } = {}) {
  const part = (id, kind, name, at, config) => ({ id, kind, name, at, config });
  return {
    format: "rivulet/scenario",
    version: 1,
    title: "Small",
    nodes: [
      part(1, "producer", "clicks", [40, 80], { records_per_sec: 100, ...producer }),
      part(2, "stream", "orders", [320, 80], { shards: 4, ...stream }),
      part(3, "consumer", "reader", [800, 80], {}),
    ],
    edges: [
      { id: 1, from: [1, "out"], to: [2, "in"] },
      { id: 2, from: [2, "out"], to: [3, "in"] },
    ],
  };
}

/** Counts by key every ten seconds: producer to stream to SQL application to stream. */
export function counting() {
  const part = (id, kind, name, at, config) => ({ id, kind, name, at, config });
  return {
    format: "rivulet/scenario",
    version: 1,
    title: "Counting",
    nodes: [
      part(1, "producer", "tills", [0, 0], { payload: '{"sym":"${key}","qty":${seq}}' }),
      part(2, "stream", "sales", [240, 0], {}),
      part(3, "sql_application", "per-key", [720, 0], {
        schema: "SYM VARCHAR(16) $.sym\nQTY INTEGER $.qty",
        code: [
          'CREATE STREAM "DESTINATION_SQL_STREAM" (SYM VARCHAR(16), C BIGINT);',
          'CREATE PUMP P AS INSERT INTO "DESTINATION_SQL_STREAM"',
          "SELECT STREAM SYM, COUNT(*)",
          'FROM "SOURCE_SQL_STREAM_001" AS S',
          "GROUP BY SYM, STEP(S.ROWTIME BY INTERVAL '10' SECOND);",
        ].join("\n"),
      }),
      part(4, "stream", "totals", [1200, 0], {}),
    ],
    edges: [
      { id: 1, from: [1, "out"], to: [2, "in"] },
      { id: 2, from: [2, "out"], to: [3, "in"] },
      { id: 3, from: [3, "out_1"], to: [4, "in"] },
    ],
  };
}

/** Opens the editor of the SQL application of `counting`. */
export async function openEditor(page) {
  await select(page, "per-key");
  await page.getByRole("button", { name: "Edit query" }).click();
  await page.locator(".code-host .cm-content, textarea.code-host").first().waitFor();
}
