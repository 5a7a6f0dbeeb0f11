// A phone: a sheet under the diagram, fingers instead of a mouse.

import assert from "node:assert/strict";

import { blank, clock, node, open, pause, port, runs, shows, until } from "../page.mjs";
import { test } from "../harness.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const FINGER_PIXELS = 44;

/** What is lower or narrower than a finger, as words. */
async function tooSmall(page, selector) {
  return page.locator(selector).evaluateAll(
    (all, least) =>
      all
        .map((it) => [it, it.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.height < least || box.width < least))
        .map(([it, box]) => `${it.ariaLabel ?? it.innerText}: ${box.width} × ${box.height}`),
    FINGER_PIXELS - 0.5,
  );
}

/** One finger goes down, moves and lifts. */
async function swipe(page, from, to) {
  const client = await page.context().newCDPSession(page);
  const touch = (type, points) =>
    client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y]) => ({ x, y })),
    });
  await touch("touchStart", [from]);
  for (const part of [0.25, 0.5, 0.75, 1]) {
    const at = [0, 1].map((axis) => from[axis] + (to[axis] - from[axis]) * part);
    await touch("touchMove", [at]);
  }
  await touch("touchEnd", []);
}

test("a phone plays, inspects and keeps within its width", async ({ page, site }) => {
  await open(page, site);
  const sheet = page.getByRole("region", { name: "Controls" });
  await runs(page);
  const wide = () =>
    page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth - root.clientWidth;
    });
  for (const name of ["Run", "Build", "Inspect", "More"]) {
    await sheet.getByRole("tab", { name, exact: true }).first().tap();
    await until(wide, (over) => over <= 0, `${name} scrolls sideways`);
    const small = await tooSmall(
      page,
      '.sheet > .tabs [role="tab"], .ctl5 button, .sheet .part, .pairs button, .ctl button',
    );
    assert.deepEqual(small, [], `${name} is too small for fingers`);
  }
  await sheet.getByRole("tab", { name: "Run", exact: true }).tap();
  await page.getByRole("button", { name: "Pause", exact: true }).tap();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const before = await clock(page);
  await sheet.getByRole("button", { name: "+1 s" }).tap();
  await until(() => clock(page), (now) => now === before + 1_000, "it is not a second later");
}, PHONE);

test("a finger pans, taps select, and parts are built from the sheet", async ({ page, site }) => {
  await open(page, site);
  await pause(page);
  await blank(page);
  const sheet = page.getByRole("region", { name: "Controls" });
  await sheet.getByRole("tab", { name: "Build", exact: true }).tap();
  await sheet.getByRole("button", { name: "Producer", exact: true }).tap();
  await shows(page, ["web-clicks"]);
  await sheet.getByRole("button", { name: "Stream", exact: true }).tap();
  await shows(page, ["web-clicks", "orders"]);
  const card = () => node(page, "orders").boundingBox();
  const before = await card();
  const stage = await page.locator("#stage").boundingBox();
  const from = [stage.x + stage.width / 2, stage.y + stage.height - 60];
  await swipe(page, from, [from[0], from[1] - 40]);
  await until(card, (now) => Math.abs(before.y - now.y - 40) < 12, "the diagram does not follow");
  // The browser takes a tap that follows at once for the end of the swipe.
  const inspect = sheet.getByRole("tab", { name: "Inspect", exact: true });
  const tapped = () => inspect.tap().then(() => inspect.getAttribute("aria-selected"));
  await until(tapped, (now) => now === "true", "a tap does not open the tab");
  await sheet.getByRole("textbox", { name: "Name" }).waitFor();
  assert.equal(await port(page, "orders.in").count(), 1);
}, PHONE);

test("what a larger screen has in its bars is on a phone as well", async ({ page, site }) => {
  await open(page, site);
  await pause(page);
  const sheet = page.getByRole("region", { name: "Controls" });
  await page.getByRole("textbox", { name: "Title" }).fill("On the way");
  await sheet.getByRole("tab", { name: "More", exact: true }).tap();
  await sheet.getByRole("button", { name: /^Undo: / }).tap();
  await sheet.getByRole("button", { name: /^Redo: / }).waitFor();
  for (const [name, title] of [
    [/problem/, "Problems"], [/^Cost/, "Cost"], ["Your data", "Your data"],
    ["Search or run", "Search or run"], ["Help", "Help"],
  ]) {
    await sheet.getByRole("button", { name }).tap();
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.getByRole("button", { name: "Close", exact: true }).tap();
    await dialog.waitFor({ state: "detached" });
  }
  await sheet.getByText("IncomingRecords").waitFor();
  await sheet.getByRole("button", { name: "Console" }).tap();
  await sheet.getByRole("textbox", { name: "Command" }).fill("aws kinesis list-streams");
  await page.keyboard.press("Enter");
  await sheet.getByText('"orders"').first().waitFor();
  await sheet.getByRole("button", { name: "CloudTrail" }).tap();
  await sheet.getByRole("region", { name: "CloudTrail" }).waitFor();
}, PHONE);

const SMALL = { viewport: { width: 640, height: 600 } };

test("a narrow window keeps what finds no room in a menu", async ({ page, site }) => {
  await open(page, site);
  await runs(page);
  const over = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  assert.equal(over, 0, "the page scrolls sideways");
  for (const name of [/^Cost/, /problem/, "Share", /^Undo/, /^Redo/, "1 min"]) {
    assert.ok(await page.getByRole("button", { name }).first().isVisible(), `${name} is gone`);
  }
  for (const [name, title] of [["Templates", "Templates"], ["Your data", "Your data"]]) {
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("group", { name: "More" }).getByRole("button", { name }).click();
    await page.getByRole("dialog", { name: title })
      .getByRole("button", { name: "Close", exact: true }).click();
  }
}, SMALL);
