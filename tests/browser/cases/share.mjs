// Links, players in other people's pages, and drafts that survive.

import assert from "node:assert/strict";

import {
  blank, clock, node, open, openFile, parts, pause, runs, shows, small, until,
} from "../page.mjs";
import { test } from "../harness.mjs";

const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };
const title = (page) => page.getByRole("textbox", { name: "Title" });

async function rename(page, words) {
  await title(page).fill(words);
  await title(page).press("Enter");
}

/** The link of the share dialog. */
async function link(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.getByRole("button", { name: "Copy link" }).click();
  const address = await dialog.locator("#share-link").inputValue();
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  return address;
}

test("a copied link opens the same scenario elsewhere", async ({ page, context, site }) => {
  await open(page, site);
  await openFile(page, { ...small(), seed: 4711 });
  await rename(page, "Gate, ✓ & 50 %");
  for (const _ of [1, 2]) await page.getByRole("button", { name: "+1 s", exact: true }).click();
  await until(() => clock(page), (now) => now % 60_000 === 2_000, "two seconds did not pass");
  const address = await link(page);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
  const second = await context.newPage();
  await open(second, address);
  await shows(second, ["clicks", "orders", "reader"]);
  assert.equal(await title(second).inputValue(), "Gate, ✓ & 50 %");
  assert.equal(await second.locator("#seed").inputValue(), "4711");
  await until(() => clock(second), (now) => now % 60_000 === 2_000, "not at the same moment");
  assert.equal(
    await second.locator("#inspector .sums").innerText(),
    await page.locator("#inspector .sums").innerText(),
  );
  // A host that strips fragments passes the same link as a query.
  const third = await context.newPage();
  await open(third, address.replace("#s=", "?s="));
  const opened = (it) => it === "Gate, ✓ & 50 %";
  await until(() => title(third).inputValue(), opened, "?s= opens nothing");
}, CLIPBOARD);

test("a link that arrives damaged says what is wrong", async ({ page, site }) => {
  await open(page, `${site}/#t=hot-key`);
  await pause(page);
  const address = await link(page);
  const whole = address.match(/#s=([^&]+)/)[1];
  const failure = page.getByRole("dialog", { name: /could not be opened/ });
  for (const payload of [whole.slice(0, whole.length / 2), whole.slice(0, -1)]) {
    await page.goto("about:blank");
    await open(page, `${site}/#s=${payload}`);
    await failure.waitFor();
    assert.match(await failure.innerText(), /[\d,]+ of [\d,]+ characters/);
    assert.ok(await failure.getByRole("button", { name: "Start from a template" }).isVisible());
  }
  // Pasting the whole link mends it.
  await failure.getByLabel("Paste the link again").fill(address);
  await failure.waitFor({ state: "detached" });
  assert.ok((await parts(page)).length >= 5);
  const turned = whole.slice(0, 40) + (whole[40] === "A" ? "B" : "A") + whole.slice(41);
  for (const garbage of [turned, "garbage", "1d~", "9d~x", "1d~10.00000000.%00%ff", "1j~{}"]) {
    await page.goto("about:blank");
    await open(page, `${site}/#s=${garbage}`);
    await failure.waitFor();
    assert.ok((await failure.getByRole("alert").innerText()).length > 10, garbage);
  }
}, CLIPBOARD);

test("a player works in a sandbox and opens its state", async ({ page, context, site, other }) => {
  const src = encodeURIComponent(`${site}/?embed=1#t=one-record&run=1`);
  const sandbox = "allow-scripts+allow-popups+allow-popups-to-escape-sandbox";
  await page.goto(`${other}/host?sandbox=${sandbox}&src=${src}`);
  const player = page.frameLocator("iframe");
  await player.getByRole("button", { name: "Pause", exact: true }).waitFor();
  await runs(player);
  await player.getByRole("button", { name: "Pause", exact: true }).click();
  await player.getByRole("button", { name: "Play", exact: true }).waitFor();
  const held = await clock(player);
  const [popup] = await Promise.all([
    context.waitForEvent("page"),
    player.getByRole("link", { name: /Open/ }).click(),
  ]);
  await popup.locator("[data-node]").first().waitFor();
  assert.equal(await title(popup).inputValue(), "One record's journey");
  await until(() => clock(popup), (now) => Math.abs(now - held) < 200, `it is not at ${held}`);
});

test("a player runs with nothing but scripts allowed", async ({ page, site, other }) => {
  const src = encodeURIComponent(`${site}/?embed=1`);
  await page.goto(`${other}/host?sandbox=allow-scripts&src=${src}`);
  const player = page.frameLocator("iframe");
  // It first goes to the moment that matters, and waits there for its reader.
  const examples = await (await fetch(`${site}/examples/index.json`)).json();
  const moment = 10 * 3_600_000 + examples[0].at_secs * 1_000;
  const how = [(now) => now === moment, "it is not at its moment", 60_000];
  await until(() => clock(player), ...how);
  await player.getByRole("button", { name: "Play", exact: true }).click();
  await runs(player);
  assert.equal(await player.locator("[data-node]").count(), 7);
});

test("the address says what was opened until that is changed", async ({ page, site }) => {
  const address = `${site}/#t=one-record`;
  await open(page, address);
  await until(() => title(page).inputValue(), (it) => it.startsWith("One record"), "not open");
  // The address is looked after every two seconds.
  await page.waitForTimeout(3_000);
  assert.equal(page.url(), address);
  await page.reload();
  await until(() => title(page).inputValue(), (it) => it.startsWith("One record"), "not again");
  await rename(page, "Mine now");
  await until(() => page.url(), (now) => now.includes("#s="), "the address does not follow");
  await page.reload();
  await until(() => title(page).inputValue(), (it) => it === "Mine now", "the change is lost");
});

test("a draft survives a reload, also of the last change", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await rename(page, "First words");
  await until(() => page.url(), (now) => now.includes("#s="), "the address does not follow");
  await rename(page, "Last words");
  await page.reload();
  await page.locator("[data-node]").first().waitFor();
  await until(() => title(page).inputValue(), (it) => it === "Last words", "the change is lost");
  await shows(page, ["clicks", "orders", "reader"]);
});

test("what was changed before is still there", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await rename(page, "Mine");
  const examples = async () => {
    await page.getByRole("button", { name: "Templates" }).click();
    await page.locator(".gallery").waitFor();
  };
  await examples();
  await page.locator('[data-example="one-record"]').click();
  await until(() => title(page).inputValue(), (it) => it.startsWith("One record"), "not opened");
  assert.match(page.url(), /#t=one-record$/);
  await page.reload();
  await until(() => title(page).inputValue(), (it) => it.startsWith("One record"), "not again");
  await examples();
  await page.locator(".drafts").getByRole("button", { name: "Mine" }).click();
  await until(() => title(page).inputValue(), (it) => it === "Mine", "the draft is lost");
  await shows(page, ["clicks", "orders", "reader"]);
  await page.reload();
  await until(() => title(page).inputValue(), (it) => it === "Mine", "the draft is not open");
  await examples();
  page.once("dialog", (question) => void question.accept());
  await page.locator(".drafts").getByRole("button", { name: "Throw away" }).click();
  await page.locator(".drafts").waitFor({ state: "detached" });
});

test("the open draft is opened again as it is on the screen", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await rename(page, "Saved");
  // Drafts are saved when nothing changed for a moment.
  await page.waitForTimeout(600);
  await page.getByRole("button", { name: "Templates" }).click();
  const draft = page.locator(".drafts").getByRole("button", { name: "Saved" });
  // Both at once: nothing was saved in between.
  await draft.evaluate((button) => {
    const title = document.querySelector("input.title");
    title.value = "A moment ago";
    title.dispatchEvent(new InputEvent("input", { bubbles: true }));
    title.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    title.dispatchEvent(new FocusEvent("blur"));
    button.click();
  });
  await page.locator(".drafts").waitFor({ state: "detached" });
  await page.waitForTimeout(600);
  assert.equal(await title(page).inputValue(), "A moment ago");
  await page.reload();
  await until(() => title(page).inputValue(), (it) => it === "A moment ago", "it is lost");
});

test("two tabs keep apart", async ({ page, context, site }) => {
  await open(page, site);
  await openFile(page, small());
  await rename(page, "Mine");
  // A duplicated tab brings the memory of its original along.
  const [twin] = await Promise.all([
    context.waitForEvent("page"),
    page.evaluate((address) => void window.open(address), `${site}/`),
  ]);
  await twin.locator("[data-node]").first().waitFor();
  await openFile(twin, { ...small(), title: "Another" });
  await rename(twin, "Theirs");
  const drafts = () =>
    page.evaluate(() =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith("rivulet/draft/"))
        .map((key) => JSON.parse(localStorage[key]).title)
        .sort()
        .join()
    );
  await until(drafts, (now) => now === "Mine,Theirs", "the tabs share a draft");
  await page.goto(`${site}/`);
  await page.locator("[data-node]").first().waitFor();
  await until(() => title(page).inputValue(), (it) => it === "Mine", "overwritten");
});

test("blocked storage is told and the page works on", async ({ page, site }) => {
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    }
  });
  await open(page, site);
  await blank(page);
  await page.locator("#palette").getByRole("button", { name: "Stream", exact: true }).click();
  await node(page, "orders").waitFor();
  const banner = page.locator(".banner");
  await banner.waitFor();
  assert.match(await banner.innerText(), /keeps no drafts/);
  await banner.getByRole("button", { name: "Close" }).click();
  await banner.waitFor({ state: "detached" });
});
