// One's own data: checked, looked at, replayed, and never sent anywhere.

import assert from "node:assert/strict";

import { node, open, play, runs, until } from "../page.mjs";
import { test } from "../harness.mjs";

const GATES = Array.from({ length: 60 }, (_, at) => `gate-${at % 3 ? 1 : at},${at}A`);
const ROWS = ["gate,seat", ...GATES];

test("pasted rows are checked, counted and replayed", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "Your data" }).click();
  const dialog = page.getByRole("dialog", { name: "Your data" });
  const paste = dialog.getByLabel("Or paste text");
  const ragged = [...ROWS.slice(0, 3), "gate-9", "gate-8,1,2", ...ROWS.slice(3)];
  await paste.fill(ragged.join("\n"));
  await paste.blur();
  const findings = dialog.locator(".problems li");
  await findings.first().waitFor();
  const words = (await findings.allInnerTexts()).join("\n");
  assert.match(words, /\b4\b/, "the first ragged row is named");
  assert.match(words, /\b5\b/, "the second ragged row is named");

  await paste.fill(ROWS.join("\n"));
  await paste.blur();
  await until(() => dialog.innerText(), (it) => /60 rows, 2 columns/.test(it), "not counted");
  await dialog.getByLabel("Partition key").selectOption("gate");
  await until(() => dialog.innerText(), (it) => /the hottest has \d+ %/.test(it), "no histogram");
  assert.match(await dialog.locator(".bars li").first().innerText(), /gate-1/);
  const before = await page.locator("[data-node]").count();
  await dialog.getByRole("button", { name: "Replay it from a new producer" }).click();
  const nodes = page.locator("[data-node]");
  await until(() => nodes.count(), (now) => now === before + 1, "no producer");
});

test("a dropped file is replayed into a stream", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "Scenario menu" }).click();
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.locator("#palette").getByRole("button", { name: "Stream", exact: true }).click();
  await node(page, "orders").waitFor();
  await page.getByRole("button", { name: "Your data" }).click();
  const dialog = page.getByRole("dialog", { name: "Your data" });
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "gates.csv", { type: "text/csv" }));
    return data;
  }, ROWS.join("\n"));
  await dialog.locator(".drop").dispatchEvent("drop", { dataTransfer: dropped });
  await dialog.getByRole("button", { name: "Replay it from a new producer" }).click();
  await page.getByRole("button", { name: "No problems" }).waitFor();
  await play(page);
  await runs(page);
  const label = () => node(page, "orders").getAttribute("aria-label");
  await until(label, (it) => /[1-9]\d* records? a second/.test(it), "no rows arrive");
});

test("a file with semicolons is read, its ragged rows told once", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "Your data" }).click();
  const dialog = page.getByRole("dialog", { name: "Your data" });
  const paste = dialog.getByLabel("Or paste text");
  const separator = dialog.getByLabel("Values are separated by");
  await paste.fill(["gate;price", "gate-1;1,5", "gate-2", "gate-3", "gate-1;2,5"].join("\n"));
  await paste.blur();
  await until(() => separator.inputValue(), (it) => it === "semicolons", "not found");
  assert.match(await paste.inputValue(), /^gate;price/, "what was pasted can be mended");
  const findings = dialog.locator(".problems li");
  assert.equal(await findings.count(), 1, "one kind of finding");
  const words = await findings.innerText();
  for (const line of ["3", "4"]) assert.match(words, new RegExp(`\\b${line}\\b`), "each line");

  await paste.fill(["gate;price", "gate-1;1,5", "gate-1;2,5"].join("\n"));
  await paste.blur();
  await until(() => dialog.innerText(), (it) => /2 rows, 2 columns/.test(it), "not read");
  await separator.selectOption("commas");
  await until(() => findings.count(), (it) => it > 0, "the person is not believed");
  await separator.selectOption("semicolons");
  await until(() => dialog.innerText(), (it) => /2 rows, 2 columns/.test(it), "not read again");
  const nodes = page.locator("[data-node]");
  const before = await nodes.count();
  await dialog.getByRole("button", { name: "Replay it from a new producer" }).click();
  await until(() => nodes.count(), (now) => now === before + 1, "no producer");
});
