// Arriving: a newcomer sees records move at once, every example opens, and a page at rest rests.

import assert from "node:assert/strict";

import { clock, open, pause, runs, shows, until } from "../page.mjs";
import { test } from "../harness.mjs";

const TEN = 10 * 3_600_000;
const FIRST = "Hot key at the gate";

test("a newcomer lands in the running hot key", async ({ page, site }) => {
  // Runs inside the page, so that the way from here to there is not measured.
  await page.addInitScript(() => {
    const look = () => {
      // On the way to its moment nothing moves.
      const isThere = document.querySelector(".veil") === null;
      const now = isThere && document.querySelector(".clock")?.innerText;
      if (now && window.firstClock && now !== window.firstClock) {
        window.movedMillis = performance.now();
        return;
      }
      window.firstClock ||= now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await open(page, site);
  const moved = () => page.evaluate(() => Math.round(window.movedMillis ?? 0));
  const millis = await until(moved, (now) => now > 0, "nothing moves");
  console.log(`         first records moved ${millis} ms after navigation (budget 1500)`);
  assert.ok(millis < 6_000, "far beyond the budget, even for a busy machine");
  assert.equal(await page.getByRole("textbox", { name: "Title" }).inputValue(), FIRST);
  await runs(page);
});

test("every example opens and runs", async ({ page, site }) => {
  await open(page, site);
  const gallery = page.getByRole("dialog", { name: "Templates" });
  const examples = await until(
    async () => {
      await page.getByRole("button", { name: "Templates" }).click();
      const found = await gallery.locator("[data-example]").evaluateAll((all) =>
        all.map((it) => [it.dataset.example, it.querySelector("b").innerText])
      );
      await gallery.getByRole("button", { name: "Close", exact: true }).click();
      return found;
    },
    (found) => found.length > 0,
    "the gallery is empty",
  );
  assert.ok(examples.length >= 8, "eight examples at least");
  for (const [slug, title] of examples) {
    await page.getByRole("button", { name: "Templates" }).click();
    await gallery.locator(`[data-example="${slug}"]`).click();
    const shown = () => page.getByRole("textbox", { name: "Title" }).inputValue();
    await until(shown, (now) => now === title, `${slug} did not open`);
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    const begin = await clock(page);
    await until(() => clock(page), (now) => now > begin + 1_000, `${slug} does not run`);
    assert.equal(await page.locator(".invalid").count(), 0, `${slug} has errors`);
    assert.ok(await page.locator("[data-node]").count() >= 3, `${slug} shows its parts`);
  }
});

test("a template link opens its example", async ({ page, site }) => {
  await open(page, `${site}/#t=one-record`);
  const shown = () => page.getByRole("textbox", { name: "Title" }).inputValue();
  await until(shown, (now) => now === "One record's journey", "the template did not open");
});

test("a link to a moment goes there without showing the way", async ({ page, site }) => {
  await page.addInitScript(() => {
    window.clocks = [];
    window.veils = [];
    const look = () => {
      const now = document.querySelector(".clock")?.innerText;
      if (now && now !== window.clocks.at(-1)) window.clocks.push(now);
      const veil = document.querySelector(".veil")?.innerText;
      if (veil && veil !== window.veils.at(-1)) window.veils.push(veil);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await open(page, `${site}/#t=hot-key&at=200`);
  const there = (now) => now >= TEN + 200_000;
  await until(() => clock(page), there, "it does not get there", 40_000);
  await page.locator(".veil").waitFor({ state: "detached", timeout: 40_000 });
  await runs(page);
  const { clocks, veils } = await page.evaluate(() => ({ clocks, veils }));
  assert.ok(veils.includes("Going to 10:03:20"), `it says ${JSON.stringify(veils)}`);
  const between = clocks.filter((it) => it > "10:00:00.000" && it < "10:03:20");
  assert.deepEqual(between, [], "the way is shown");
});

test("a page at rest asks for no frames", async ({ page, site }) => {
  await page.addInitScript(() => {
    const ask = window.requestAnimationFrame.bind(window);
    window.frames_asked = 0;
    window.requestAnimationFrame = (run) => {
      window.frames_asked += 1;
      return ask(run);
    };
  });
  await open(page, site);
  await runs(page);
  await pause(page);
  const asked = () => page.evaluate(() => window.frames_asked);
  // Two seconds to come to rest, one second of rest.
  const frames = await page.evaluate(async () => {
    const wait = (millis) => new Promise((go) => setTimeout(go, millis));
    await wait(2_000);
    const before = window.frames_asked;
    await wait(1_000);
    return window.frames_asked - before;
  });
  assert.equal(frames, 0);
  const before = await asked();
  await page.getByRole("button", { name: "+1 s" }).click();
  await until(asked, (now) => now > before, "a message does not wake the page");
});
