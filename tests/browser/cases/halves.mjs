// The module comes in two halves: the first alone makes records of the first kinds move, whatever
// needs the second waits for it, and where it cannot be had the page says so.

import assert from "node:assert/strict";

import { landsInFirstKinds, open, runs, until } from "../page.mjs";
import { test } from "../harness.mjs";

const SECOND = "**/*_rest.wasm";
const LATE_MILLIS = 3_000;

const templates = (page) => page.getByRole("button", { name: "Templates" });
const gallery = (page) => page.getByRole("dialog", { name: "Templates" });

test("records move without the second half, and what needs it waits", async ({ page, site }) => {
  await landsInFirstKinds(page);
  let release;
  const released = new Promise((go) => (release = go));
  await page.route(SECOND, async (route) => {
    await released;
    await route.continue();
  });
  const start = async () => {
    await open(page, site);
    await runs(page);
    await page.mouse.move(400, 300);
    await runs(page);
  };
  await start().catch((error) => {
    release();
    assert.fail(`the start needs the second half, run \`cargo xtask profile\`: ${error}`);
  });
  const begin = performance.now();
  setTimeout(release, LATE_MILLIS);
  await templates(page).click();
  await gallery(page).locator("[data-example]").first().waitFor();
  const waited = performance.now() - begin;
  assert.ok(waited > LATE_MILLIS / 2, "the gallery was there at once: this case shows nothing");
  await gallery(page).locator('[data-example="hot-key"]').click();
  await runs(page);
});

test("a second half that never arrives is told with a way out", async ({ page, site, ...t }) => {
  t.expectProblem(/./);
  await landsInFirstKinds(page);
  await page.route(SECOND, (route) => route.abort());
  await open(page, site);
  await runs(page);
  await templates(page).click();
  const alert = page.getByRole("alertdialog", { name: "A part of Rivulet is missing" });
  await alert.waitFor();
  assert.match(await alert.innerText(), /did not load: .*kept in this browser/s);
  await page.unroute(SECOND);
  await alert.getByRole("button", { name: "Reload" }).click();
  await alert.waitFor({ state: "detached" });
  await templates(page).click();
  await gallery(page).locator("[data-example]").first().waitFor();
});

test("a sandboxed player waits for the second half as well", async ({ page, site, other }) => {
  await page.route(SECOND, async (route) => {
    await new Promise((go) => setTimeout(go, LATE_MILLIS));
    await route.continue();
  });
  const src = encodeURIComponent(`${site}/?embed=1#t=one-record&run=1`);
  await page.goto(`${other}/host?sandbox=allow-scripts&src=${src}`);
  await runs(page.frameLocator("iframe"));
});

test("a link and a draft wait while the page goes on", async ({ page, context, site }) => {
  await open(page, `${site}/#t=one-record`);
  await runs(page);
  await page.getByRole("textbox", { name: "Title" }).fill("Changed");
  await page.keyboard.press("Enter");
  await until(() => page.url(), (now) => now.includes("#s="), "the address does not follow");
  const other = await context.newPage();
  const arrivals = [[page, () => page.reload()], [other, () => other.goto(page.url())]];
  for (const [tab, arrive] of arrivals) {
    await tab.route(SECOND, async (route) => {
      await new Promise((go) => setTimeout(go, LATE_MILLIS));
      await route.continue();
    });
    await arrive();
    await tab.getByText("Opening…").waitFor({ timeout: LATE_MILLIS });
    const begin = performance.now();
    assert.equal(await tab.locator("[data-node]").count(), 0);
    assert.ok(performance.now() - begin < LATE_MILLIS / 3, "the page stands still");
    await tab.locator("[data-node]").first().waitFor();
    await tab.getByText("Opening…").waitFor({ state: "detached" });
  }
});

test("the landing scenario waits for its kinds", async ({ page, site }) => {
  let asked = false;
  await page.route(SECOND, async (route) => {
    await new Promise((go) => setTimeout(go, LATE_MILLIS));
    asked = true;
    await route.continue();
  });
  await page.goto(site);
  await templates(page).waitFor();
  assert.equal(asked, false, "the page itself waits for the second half");
  await runs(page);
});
