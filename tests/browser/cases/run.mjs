// Running: throttling and its reasons, changing the design meanwhile, the transport, the bucket.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import {
  clock, node, open, openFile, pause, play, runs, select, small, tab, until,
} from "../page.mjs";
import { test } from "../harness.mjs";

/** One key that every record has: one shard is offered 3,000 records a second. */
const HOT = small({ producer: { records_per_sec: 3_000, keys: "uniform", key_count: 1 } });

const step = (page) => page.getByRole("button", { name: "+1 s", exact: true }).click();
const restart = (page) => page.getByRole("button", { name: "Back to start" }).click();

/** Waits until the page holds at a time of the day. */
async function at(page, millis) {
  await until(() => clock(page), (now) => now === millis, `the clock is not at ${millis}`);
}

const TEN = 10 * 3_600_000;

test("a hot key is rejected and the page says why", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, HOT);
  await play(page);
  const rejected = page.locator(".evs");
  await until(() => rejected.innerText(), (words) => /throttle/.test(words), "nothing is rejected");
  await select(page, "orders");
  await tab(page, "Why");
  const card = page.locator("#inspector .why").first();
  await card.waitFor();
  const words = await card.innerText();
  assert.match(words, /shard_records/);
  assert.match(words, /[\d,]+ records[^;]* second; bytes were at \d+ %/);
  assert.match(words, /ProvisionedThroughputExceededException/);
  const label = () => node(page, "orders").getAttribute("aria-label");
  await until(label, (now) => /rejecting/.test(now), "the part does not say that it rejects");
});

test("what goes wrong is counted, listed and leads to its Why", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, HOT);
  await page.getByRole("button", { name: "No problems" }).waitFor();
  await play(page);
  const count = page.getByRole("button", { name: /^\d+ problems?$/ });
  await count.waitFor();
  // With keys alone.
  await count.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Problems" });
  const row = dialog.locator("li").filter({ hasText: "orders, shard" });
  const sentence = /\/s rejected, a shard takes 1,000 records a second, since 10:00:/;
  // Rates are those of whole seconds: the first has to pass.
  await until(() => row.innerText(), (now) => sentence.test(now), "the row tells no rate");
  await row.getByRole("button", { name: "Why?" }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  const why = page.locator("#inspector").getByRole("tab", { name: "Why", selected: true });
  await until(() => why.evaluate((it) => it === document.activeElement), (it) => it, "no focus");
  await page.locator("#inspector .why").first().waitFor();
  const cards = await page.locator("#inspector .why").allInnerTexts();
  assert.equal(cards.length, 1, "equal reasons are one card");
  // It stays while it lasts.
  for (let look = 0; look < 8; look += 1) {
    await page.waitForTimeout(250);
    assert.equal(await count.count(), 1, "it comes and goes");
  }
});

test("shards are added while it runs", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small({ producer: { records_per_sec: 6_000 }, stream: { shards: 4 } }));
  await play(page);
  await until(() => page.locator(".evs").innerText(), (it) => /throttle/.test(it), "all is taken");
  await select(page, "orders");
  const shards = page.locator("#inspector").getByLabel("Shards", { exact: true });
  await shards.fill("8");
  await shards.press("Enter");
  const label = () => node(page, "orders").getAttribute("aria-label");
  await until(label, (words) => /8 shards/.test(words), "there are no 8 shards");
  await runs(page);
  // With room for 8,000 a second the rejections stop.
  await page.locator("#stage").press("]");
  await until(label, (words) => !/rejecting/.test(words), "it still rejects");
});

test("a value out of range is kept, marked and explained", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await select(page, "orders");
  const field = page.locator("#inspector").getByLabel("Shards", { exact: true });
  await field.fill("0");
  await field.press("Enter");
  await page.locator("#inspector .setting.invalid .wrong").waitFor();
  assert.equal(await field.inputValue(), "0");
  assert.match(await page.locator("#inspector .wrong").innerText(), /1/);
  await page.getByRole("button", { name: "1 problem" }).click();
  const dialog = page.getByRole("dialog", { name: "Problems" });
  assert.match(await dialog.innerText(), /orders/);
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await field.fill("4");
  await field.press("Enter");
  await page.getByRole("button", { name: "No problems" }).waitFor();
});

test("the transport steps, restarts to the same run and never jumps", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, HOT);
  await page.keyboard.press("Escape");
  const totals = () => page.locator("#inspector .sums").innerText();
  await restart(page);
  await at(page, TEN);
  const first = [];
  for (const _ of [1, 2, 3]) await step(page);
  await at(page, TEN + 3_000);
  first.push(await totals());
  await restart(page);
  await at(page, TEN);
  for (const _ of [1, 2, 3]) await step(page);
  await at(page, TEN + 3_000);
  assert.equal(await totals(), first[0], "the same seed gives another run");
  await page.getByRole("button", { name: "Next event" }).click();
  const next = await until(() => clock(page), (now) => now >= TEN + 3_000, "no next event");
  assert.ok(next < TEN + 4_000, "an event is not a second away");

  const speed = page.getByRole("slider", { name: "Speed" });
  await speed.focus();
  await speed.press("ArrowRight");
  await until(() => speed.getAttribute("aria-valuetext"), (it) => it === "2×", "not 2×");
  await speed.press("ArrowLeft");
  await until(() => speed.getAttribute("aria-valuetext"), (it) => it === "1×", "not 1×");

  // A hidden page holds, and does not catch up afterwards.
  await play(page);
  await runs(page);
  const jump = await page.evaluate(async () => {
    const wait = (millis) => new Promise((go) => setTimeout(go, millis));
    const read = () => {
      const [h, m, s] = document.querySelector(".clock").innerText.split(":");
      return (Number(h) * 3600 + Number(m) * 60 + Number(s)) * 1000;
    };
    let hidden = true;
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(300);
    const held = read();
    await wait(1_000);
    const still = read();
    hidden = false;
    const shown = performance.now();
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(300);
    return { moved: still - held, after: read() - still, real: performance.now() - shown };
  });
  assert.equal(jump.moved, 0, "it runs while it is hidden");
  assert.ok(jump.after <= jump.real + 150, `it jumps: ${JSON.stringify(jump)}`);
  assert.ok(await page.getByRole("button", { name: "Pause", exact: true }).isVisible());
});

test("a bucket lists objects, shows and downloads them", async ({ page, site }) => {
  await open(page, site);
  const part = (id, kind, name, x, config) => ({ id, kind, name, at: [x, 80], config });
  await openFile(page, {
    format: "rivulet/scenario",
    version: 1,
    title: "To a bucket",
    nodes: [
      part(1, "producer", "clicks", 40, {
        records_per_sec: 10,
        payload: '{"gate":"${key}"}',
        size: "template",
      }),
      part(2, "firehose", "to-s3", 320, { buffer_interval_secs: 5, newline: true }),
      part(3, "bucket", "lake", 640, {}),
    ],
    edges: [
      { id: 1, from: [1, "out"], to: [2, "in"] },
      { id: 2, from: [2, "out"], to: [3, "in"] },
    ],
  });
  for (let second = 0; second < 8; second += 1) await step(page);
  await at(page, TEN + 8_000);
  await select(page, "lake");
  await tab(page, "Records");
  const entries = page.locator("#inspector .objects .entry");
  const isObject = (it) => /to-s3.*(time|size)/s.test(it);
  for (let depth = 0; depth < 6; depth += 1) {
    const words = await entries.last().innerText();
    if (isObject(words)) break;
    await entries.last().click();
    await until(() => entries.last().innerText(), (now) => now !== words, "the folder stays shut");
  }
  await entries.last().click();
  const viewer = page.getByRole("dialog", { name: "Object" });
  await viewer.waitFor();
  assert.match(await viewer.innerText(), /records, sealed by time/);
  assert.equal(await viewer.locator("th").innerText(), "gate");
  assert.ok((await viewer.locator("td").count()) > 5);
  assert.match(await viewer.locator("p.ok").innerText(), /line/i);
  const shown = viewer.locator("pre");
  const as = (name) => viewer.getByRole("button", { name, exact: true }).click();
  await as("Text");
  await until(() => shown.innerText(), (it) => /^\{"gate":"/.test(it), "no text");
  await as("Lines");
  await viewer.locator("ol.lines li").nth(5).waitFor();
  await as("JSON");
  await until(() => shown.innerText(), (it) => /"gate": "/.test(it), "no JSON");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    viewer.getByRole("button", { name: "Download" }).click(),
  ]);
  const bytes = await readFile(await download.path(), "utf8");
  assert.ok(bytes.trim().split("\n").every((line) => JSON.parse(line).gate));
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
});
