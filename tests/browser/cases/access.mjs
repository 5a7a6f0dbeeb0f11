// Rules for everybody, as axe-core checks them: on the page, in its dialogs, on a phone, embedded.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import {
  counting, node, open, openEditor, openFile, pause, runs, small, until,
} from "../page.mjs";
import { test } from "../harness.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with every violation of a page or frame in words. */
async function audit(frame, where) {
  await frame.evaluate(AXE);
  const found = await frame.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 4).map((it) =>
        `${id}: ${help}\n    ${it.html.slice(0, 160)}\n` +
        `    ${it.failureSummary?.split("\n")[1]?.trim()}`)
    );
  });
  assert.ok(found.length === 0, `${where}:\n  ${found.join("\n  ")}`);
}

async function dialogs(page) {
  for (const [button, name] of [
    ["Share", "Share"], ["Templates", "Templates"], ["Your data", "Your data"], ["Help", "Help"],
    [/Search or run/, "Search or run"], [/problem/, "Problems"],
  ]) {
    await page.locator("header.top").getByRole("button", { name: button, exact: true }).click();
    const dialog = page.getByRole("dialog", { name, exact: true });
    await dialog.waitFor();
    await audit(page, `dialog ${name}`);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
}

for (const colorScheme of ["light", "dark"]) {
  test(`the page follows the rules of access, ${colorScheme}`, async ({ page, site }) => {
    await open(page, site);
    await runs(page);
    await pause(page);
    await audit(page, "the page");
    for (const tab of ["Live", "Records", "Why"]) {
      await page.locator("#inspector").getByRole("tab", { name: tab }).click();
      await audit(page, `tab ${tab}`);
    }
    await page.getByRole("button", { name: "Outline", exact: true }).click();
    await page.getByRole("region", { name: "Outline" }).waitFor();
    await audit(page, "the outline");
    await page.getByRole("button", { name: "Close the outline" }).click();
    await dialogs(page);
  }, { colorScheme });
}

for (const colorScheme of ["light", "dark"]) {
  const name = `the editor of queries follows the rules of access, ${colorScheme}`;
  test(name, async ({ page, site }) => {
    await open(page, site);
    await openFile(page, counting());
    await openEditor(page);
    await page.locator(".cm-content").click();
    await page.keyboard.insertText("nope /* why */ 'text' 12 ");
    await page.getByRole("list", { name: "Problems of the query" }).waitFor();
    await audit(page, "the editor");
    for (const side of ["Query templates", "Flink SQL"]) {
      await page.getByRole("button", { name: side }).click();
      await audit(page, side);
    }
  }, { colorScheme });
}

test("objects, menus and marked fields follow the rules of access", async ({ page, site }) => {
  await open(page, site);
  const moment = () => page.locator(".clock").innerText();
  await until(moment, (now) => now >= "10:04:25", "it is not at its moment");
  await pause(page);
  const lake = node(page, "lake");
  await lake.click({ position: { x: 60, y: 12 } });
  await page.locator("#inspector").getByRole("tab", { name: "Records" }).click();
  const entries = page.locator("#inspector .objects .entry");
  for (let depth = 0; depth < 6 && (await entries.locator(".chip").count()) === 0; depth += 1) {
    const words = await entries.last().innerText();
    await entries.last().click();
    await until(() => entries.last().innerText(), (now) => now !== words, "the folder stays shut");
  }
  await entries.last().click();
  const viewer = page.getByRole("dialog", { name: "Object" });
  await viewer.waitFor();
  for (const form of ["Table", "Text", "Lines", "JSON", "Bytes"]) {
    await viewer.getByRole("button", { name: form, exact: true }).click();
    await audit(page, `object as ${form}`);
  }
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
  await lake.click({ button: "right", position: { x: 60, y: 12 } });
  await page.locator("#context-menu").waitFor();
  await audit(page, "the context menu");
  await page.keyboard.press("Escape");
  await openFile(page, small({ stream: { shards: 0 } }));
  await node(page, "orders").click({ position: { x: 60, y: 12 } });
  await page.locator(".wrong").waitFor();
  await audit(page, "a marked field");
  await page.goto("about:blank");
  await page.goto(`${site}/#s=garbage`);
  await page.getByRole("dialog", { name: /could not be opened/ }).waitFor();
  await audit(page, "the failure page");
});

test("a phone follows the rules of access", async ({ page, site }) => {
  await open(page, site);
  await runs(page);
  await pause(page);
  for (const name of ["Run", "Build", "Inspect", "More"]) {
    await page.locator(".sheet > .tabs").getByRole("tab", { name }).click();
    await audit(page, `tab ${name}`);
  }
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("a player follows the rules of access", async ({ page, site }) => {
  await open(page, `${site}/?embed=1`);
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await audit(page, "the player");
}, { viewport: { width: 720, height: 420 } });
