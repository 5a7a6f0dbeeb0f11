// A streaming query at work: its windows on the card and in words, the rows of its streams.

import assert from "node:assert/strict";

import { counting, node, open, openFile, play, select, tab, until } from "../page.mjs";
import { test } from "../harness.mjs";

const windows = (page) => page.getByRole("list", { name: "Windows, oldest first" });
const rows = (page) => page.getByRole("region", { name: "Rows" });

test("a tumbling window opens, closes, and its rows come out", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, counting());
  await select(page, "per-key");
  await tab(page, "Live");
  await play(page);
  await page.getByRole("button", { name: "+1 min" }).click();
  const told = await until(
    () => windows(page).innerText(),
    (it) => /:00 to 10:0\d:\d\d: [\d,]+ rows\n/.test(`${it}\n`) && /, open/.test(it),
    "no window has closed while another is open",
  );
  assert.doesNotMatch(told ?? "", /NaN|undefined/);
  const streams = page.getByRole("group", { name: "In-application streams" });
  const names = await streams.getByRole("button").allInnerTexts();
  assert.match(names.at(-1), /^error_stream/);
  await until(
    () => rows(page).locator("tbody tr").count(),
    (it) => it > 0,
    "no row has come out",
  );
  const head = await rows(page).locator("th").allInnerTexts();
  assert.equal(head[0], "ROWTIME");
  // Who hears the page instead of seeing it is told of the windows as well.
  await until(
    () => node(page, "per-key").getAttribute("aria-label"),
    (it) => /RUNNING, tumbling .*1 window open.*rows? out/.test(it),
    "the windows are not told",
  );
});
