// Drawing a pipeline: with the pointer, with keys alone, and typing beside it.

import assert from "node:assert/strict";

import {
  blank, clock, drag, hears, middle, node, open, openFile, parts, pause, play, port, runs, said,
  settled, shows, small, until,
} from "../page.mjs";
import { test } from "../harness.mjs";

/** Drags a part from the palette to a point of the canvas. */
async function place(page, title, [x, y]) {
  const part = page.locator("#palette").getByRole("button", { name: title, exact: true });
  const stage = page.locator("#stage");
  const box = await stage.boundingBox();
  await part.dragTo(stage, { targetPosition: { x: x - box.x, y: y - box.y } });
}

/** How many wires the selected part has. */
const wires = (page) => page.locator("#inspector .wires li").count();

const clicksOn = (page, name) => node(page, name).click({ position: { x: 60, y: 12 } });

test("menus, double clicks and keys mean what is under the pointer", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await clicksOn(page, "clicks");
  await node(page, "reader").click({ button: "right", position: { x: 60, y: 12 } });
  const menu = page.locator("#context-menu");
  await until(() => menu.innerText(), (it) => it.includes("Delete reader"), "another part's menu");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  const stage = page.locator("#stage");
  await stage.dblclick({ position: { x: 450, y: 560 } });
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await stage.click({ position: { x: 450, y: 560 } });
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await shows(page, []);
  await page.keyboard.press("Control+z");
  await shows(page, ["clicks", "orders", "reader"]);
});

test("a pipeline is drawn with the pointer", async ({ page, site }) => {
  await open(page, site);
  await blank(page);
  await place(page, "Producer", [360, 300]);
  await shows(page, ["web-clicks"]);
  await page.locator("#stage").click({ position: { x: 450, y: 560 } });
  await place(page, "Stream", [680, 300]);
  await shows(page, ["web-clicks", "orders"]);
  await page.locator("#stage").click({ position: { x: 450, y: 560 } });
  await place(page, "Consumer", [980, 560]);
  await shows(page, ["web-clicks", "orders", "reader"]);
  await clicksOn(page, "orders");
  for (const words of await page.locator("#inspector .wires li").all()) {
    await words.getByRole("button").click();
  }
  await until(() => wires(page), (count) => count === 0, "wires are left");

  // By dragging, then by two clicks.
  const from = await middle(port(page, "web-clicks.out"));
  await drag(page, from, await middle(port(page, "orders.in")));
  await until(() => wires(page), (count) => count === 1, "dragging draws no wire");
  await page.mouse.click(...(await middle(port(page, "orders.out"))));
  await page.mouse.move(...(await middle(node(page, "reader"))), { steps: 3 });
  await page.mouse.click(...(await middle(port(page, "reader.in"))));
  await until(() => wires(page), (count) => count === 2, "two clicks draw no wire");

  // A reader cannot be written to, and the page says so.
  await drag(page, await middle(port(page, "web-clicks.out")), await middle(node(page, "reader")));
  await hears(page, /Producer cannot feed a consumer/);
  assert.equal(await page.getByRole("dialog").count(), 0);

  // It plays, and undo leaves the clock alone.
  await play(page);
  await runs(page);
  const before = await clock(page);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await clicksOn(page, "orders");
  await until(() => wires(page), (count) => count === 1, "undo keeps the wire");
  assert.ok(await clock(page) >= before, "undo turned the clock back");
  await page.getByRole("button", { name: /^Redo/ }).click();
  await until(() => wires(page), (count) => count === 2, "redo brings no wire");
  await runs(page);
});

test("a part moves on the grid and back by undo", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  const place = async () => {
    const box = await node(page, "clicks").boundingBox();
    return [Math.round(box.x), Math.round(box.y)];
  };
  const before = await place();
  const [x, y] = await middle(node(page, "clicks"));
  await drag(page, [x, y], [x + 3, y + 131]);
  await until(place, (now) => now[1] !== before[1], "the part stands still");
  const after = await settled(place);
  assert.ok(Math.abs(after[1] - before[1] - 131) <= 16, `it moved by ${after[1] - before[1]}`);
  const zoom = await page.locator("[aria-label=Zoom]").innerText();
  const scale = Number(zoom.replace(/\D/g, "")) / 100;
  const steps = (after[1] - before[1]) / scale / 8;
  assert.ok(Math.abs(steps - Math.round(steps)) < 0.3, `${steps} steps of the grid`);
  await page.locator("#stage").press("Control+z");
  await until(place, (now) => now.join() === before.join(), "undo does not move it back");
  await page.locator("#stage").press("Control+Shift+Z");
  await until(place, (now) => now.join() === after.join(), "redo does not move it again");
  // Escape gives back what a gesture took.
  await page.mouse.move(...(await middle(node(page, "clicks"))));
  await page.mouse.down();
  await page.mouse.move(x, y + 300, { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await until(place, (now) => now.join() === after.join(), "Escape does not end the drag");
});

test("a pipeline is built with keys alone", async ({ page, site }) => {
  await open(page, site);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // Out of the first example into an empty canvas, by the command palette.
  await press("Control+k");
  await page.getByRole("textbox", { name: "Search or run" }).waitFor();
  await page.keyboard.type("New scenario");
  await press("Enter");
  await shows(page, []);
  // Tab leads to the diagram; A adds.
  const inDiagram = () =>
    page.evaluate(() => document.activeElement?.closest(".handles") !== null);
  for (let tabs = 0; tabs < 60 && !(await inDiagram()); tabs += 1) await press("Tab");
  assert.ok(await inDiagram(), "Tab does not reach the diagram");
  const add = async (word, names) => {
    await press("a");
    await page.getByRole("textbox", { name: "Find a part" }).waitFor();
    await page.keyboard.type(word);
    await press("Enter");
    await shows(page, names);
    const chosen = () => page.evaluate(() => document.activeElement?.dataset.node);
    await until(chosen, (now) => now === names.at(-1), "the new part has no focus");
  };
  await add("producer", ["web-clicks"]);
  await add("stream", ["web-clicks", "orders"]);
  await add("consumer", ["web-clicks", "orders", "reader"]);
  // Each was wired to the one before: walk there and back.
  const focus = () => page.evaluate(() => document.activeElement?.dataset.node);
  for (const [key, name] of [
    ["ArrowLeft", "orders"], ["ArrowLeft", "web-clicks"], ["ArrowRight", "orders"],
  ]) {
    await press(key);
    await until(focus, (now) => now === name, `${key} does not lead to ${name}`);
  }
  await press("Space");
  await runs(page);
  await press("d");
  await hears(page, /3 parts, playing at .*orders/s);
  await press("Space");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  // Escape goes back level by level and takes nothing away.
  await press("Escape", "Escape", "Escape");
  await shows(page, ["web-clicks", "orders", "reader"]);
});

test("the outline edits without a pointer on the canvas", async ({ page, site }) => {
  await open(page, site);
  await blank(page);
  await page.getByRole("button", { name: "Outline", exact: true }).click();
  const outline = page.getByRole("region", { name: "Outline" });
  const add = outline.getByLabel("Add a part");
  await add.selectOption({ label: "Producer" });
  await shows(page, ["web-clicks"]);
  await add.selectOption({ label: "Stream" });
  await shows(page, ["web-clicks", "orders"]);
  await add.selectOption({ label: "Consumer" });
  await shows(page, ["web-clicks", "orders", "reader"]);
  // Cut the wire into the consumer, draw it again.
  await outline.locator('[data-outline="reader"]').click();
  await outline.getByRole("button", { name: /^Remove the wire/ }).click();
  await outline.locator('[data-outline="orders"]').click();
  const lines = () => outline.locator(".wires li").allInnerTexts();
  await until(lines, (now) => now.length === 1, "the wire is still there");
  const to = outline.getByLabel("Connect to");
  const reader = await to.locator("option", { hasText: "reader" }).getAttribute("value");
  await to.selectOption(reader);
  await until(lines, (now) => now.some((it) => it.includes("reader")), "no new wire");
  await outline.getByLabel("Name").fill("clicks");
  await outline.getByLabel("Name").press("Enter");
  await shows(page, ["web-clicks", "clicks", "reader"]);
  await outline.getByRole("button", { name: "Delete clicks" }).click();
  await shows(page, ["web-clicks", "reader"]);
});

test("typing triggers no shortcuts and keeps its own undo", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await clicksOn(page, "orders");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.click();
  await name.press("End");
  await page.keyboard.type(" add .d[]c?/0");
  assert.equal(await name.inputValue(), "orders add .d[]c?/0");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(await page.getByRole("button", { name: "Play", exact: true }).isVisible());
  // The field's own undo takes back typing, not the last step of the scenario.
  await page.keyboard.press("Control+z");
  assert.notEqual(await name.inputValue(), "orders add .d[]c?/0");
  await shows(page, ["clicks", "orders", "reader"]);
  await name.fill("orders");
  await name.press("Delete");
  await name.press("Backspace");
  assert.deepEqual(await parts(page), ["clicks", "orders", "reader"]);
  await name.fill("orders");
  await name.press("Enter");
  // Tab and the browser's own keys stay the browser's.
  await node(page, "clicks").focus();
  const prevented = (init) =>
    page.evaluate((init) => {
      const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
      return !document.activeElement.dispatchEvent(event);
    }, init);
  for (const init of [{ key: "Tab" }, { key: "f", ctrlKey: true }, { key: "r", ctrlKey: true },
    { key: "F5" }, { key: "l", ctrlKey: true }, { key: "t", ctrlKey: true }]) {
    assert.equal(await prevented(init), false, `${JSON.stringify(init)} is swallowed`);
  }
  assert.equal(await prevented({ key: "z", ctrlKey: true }), true);
});

test("several parts are listed, and aligned in one step", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await page.locator("#stage").press("Control+a");
  const panel = page.locator("#inspector");
  await panel.getByRole("heading", { name: "3 parts" }).waitFor();
  const lefts = () => Promise.all(
    ["clicks", "orders", "reader"].map(async (it) => (await node(page, it).boundingBox()).x),
  );
  await panel.getByRole("button", { name: "Put into a column" }).click();
  const one = (all) => new Set(all.map(Math.round)).size === 1;
  await until(lefts, one, "they are no column");
  await page.getByRole("button", { name: /^Undo: put 3 parts/ }).click();
  await until(lefts, (all) => !one(all), "undo did nothing");
  await panel.getByRole("button", { name: /orders/ }).click();
  await until(() => panel.getByLabel("Name").inputValue(), (it) => it === "orders", "not shown");
});

test("parts are copied, pasted and deleted with undo", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await node(page, "orders").focus();
  await page.locator("#stage").press("Control+a");
  await page.locator("#stage").press("Control+d");
  await until(() => parts(page), (now) => now.length === 6, "duplicate makes no copies");
  await page.keyboard.press("Delete");
  await shows(page, ["clicks", "orders", "reader"]);
  await page.locator("#stage").press("Control+z");
  await until(() => parts(page), (now) => now.length === 6, "undo brings nothing back");
  assert.doesNotMatch(await said(page), /panic/);
}, { permissions: ["clipboard-read", "clipboard-write"] });
