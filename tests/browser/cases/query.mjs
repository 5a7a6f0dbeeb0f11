// Writing queries: the editor comes when it is asked for, tells what is wrong where it is wrong,
// and runs what binds.

import assert from "node:assert/strict";

import {
  clock, counting, hears, node, open, openEditor, openFile, play, runs, select, tab, until,
} from "../page.mjs";
import { test } from "../harness.mjs";

const EDITOR = /editor\.js(\?.*)?$/;

const text = (page) => page.locator(".cm-content");
const state = (page) => page.locator(".code-band .state");
const problems = (page) => page.getByRole("list", { name: "Problems of the query" });

/** Waits until the line under the title says something like this. */
const says = (page, pattern) =>
  until(() => state(page).innerText(), (it) => pattern.test(it), `it does not say ${pattern}`);

/** Opens the scenario with its editor. */
async function begin(page, site) {
  await open(page, site);
  await openFile(page, counting());
  await openEditor(page);
}

/** Replaces the text from the keyboard. */
async function write(page, words) {
  await text(page).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(words);
}

test("the editor is fetched when it is opened, and not before", async ({ page, site }) => {
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await open(page, site);
  await openFile(page, counting());
  await page.locator('[data-node="per-key"]').click({ position: { x: 60, y: 12 } });
  await page.getByRole("button", { name: "Edit query" }).waitFor();
  assert.deepEqual(fetched.filter((it) => EDITOR.test(it)), []);
  await page.getByRole("button", { name: "Edit query" }).click();
  await text(page).waitFor();
  assert.equal(fetched.filter((it) => EDITOR.test(it)).length, 1);
  await says(page, /This is what runs/);
  await page.getByRole("button", { name: "Close the editor" }).click();
  await text(page).waitFor({ state: "detached" });
});

test("a mistake is underlined at its place and told in plain words", async ({ page, site }) => {
  await begin(page, site);
  await play(page);
  const wrong = counting().nodes[2].config.code.replace("COUNT(*)", "nope");
  await write(page, wrong);
  await says(page, /Draft with 1 problem: the query before goes on/);
  const mark = page.locator(".cm-lintRange-error");
  assert.equal(await mark.innerText(), "nope");
  const told = await problems(page).innerText();
  assert.match(told, /3:20/);
  assert.match(told, /There is no column `NOPE`.*There are: SYM, QTY/s);
  assert.match(told, /SQL-040/);
  await mark.hover();
  const hint = page.locator(".cm-tooltip .cm-diagnostic");
  await hint.waitFor();
  assert.match(await hint.innerText(), /There is no column `NOPE`/);
  await runs(page);
  // From the list and from the keyboard the caret goes there.
  await problems(page).getByRole("button").click();
  await page.keyboard.press("Shift+Control+ArrowRight");
  await page.keyboard.insertText("QTY");
  await until(() => text(page).innerText(), (it) => /SYM, QTY/.test(it), "the caret is elsewhere");
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("F8");
  await page.locator(".cm-tooltip .cm-diagnostic").waitFor();
});

test("what binds runs after a pause, and is one step to undo", async ({ page, site }) => {
  await begin(page, site);
  await play(page);
  const before = await clock(page);
  await write(page, counting().nodes[2].config.code.replace("'10'", "'20'"));
  await says(page, /binds and runs in a moment/);
  await says(page, /This is what runs/);
  const preview = page.locator("#inspector pre.query");
  await until(() => preview.innerText(), (it) => /INTERVAL '20'/.test(it), "it is not applied");
  assert.ok((await clock(page)) > before, "the run began anew");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await hears(page, /Undone: change the query of per-key/);
  await until(() => text(page).innerText(), (it) => /INTERVAL '10'/.test(it), "it is not undone");
  await page.getByRole("button", { name: /^Redo/ }).click();
  await until(() => text(page).innerText(), (it) => /INTERVAL '20'/.test(it), "it is not redone");
});

test("a template is filled in and has its twin in the other dialect", async ({ page, site }) => {
  await begin(page, site);
  await page.getByRole("button", { name: "Query templates" }).click();
  await page.getByRole("button", { name: /^Tumbling window by STEP/ }).click();
  const filled = /SUM\(QTY\) AS TOTAL[\s\S]*GROUP BY SYM, STEP\("SOURCE_SQL_STREAM_001"\.ROWTIME/;
  await until(() => text(page).innerText(), (it) => filled.test(it), "it is not filled in");
  await says(page, /This is what runs/);
  await page.getByRole("button", { name: "Flink SQL" }).click();
  const twin = page.getByLabel("Equivalent query");
  await twin.waitFor();
  assert.match(await twin.innerText(), /TUMBLE\([\s\S]*INTERVAL '1' MINUTE/);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await hears(page, /Copied|The browser forbids copying here/);
});

test("streams and columns are completed; Tab leaves after Escape", async ({ page, site }) => {
  await begin(page, site);
  await text(page).click();
  await page.keyboard.press("Control+Home");
  for (let line = 0; line < 2; line += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.type(", QT");
  const list = page.locator(".cm-tooltip-autocomplete");
  await list.waitFor();
  assert.match(await list.innerText(), /QTY\s*INTEGER/);
  // What has just come up takes no key that was meant for the text.
  await new Promise((go) => setTimeout(go, 250));
  await page.keyboard.press("Tab");
  await until(() => text(page).innerText(), (it) => /COUNT\(\*\), QTY\n/.test(it), "not taken");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  const inside = () => page.evaluate(() => Boolean(document.activeElement.closest(".cm-editor")));
  assert.equal(await inside(), false, "the focus is caught");
});

test("without the editor's file a plain one takes its place", async ({ page, site, ...t }) => {
  t.expectProblem(/editor|Failed to load|net::/);
  await page.route(EDITOR, (route) => route.abort());
  await begin(page, site);
  const area = page.getByRole("textbox", { name: "Query" });
  await area.fill("CREATE STREAM X (A INTEGR);");
  await until(() => problems(page).innerText(), (it) => /SQL-015/.test(it), "nothing is told");
});

test("the same query runs beside it as a Flink application", async ({ page, site }) => {
  await begin(page, site);
  await page.getByRole("button", { name: "Flink SQL" }).click();
  const twin = page.getByLabel("Equivalent query");
  await twin.waitFor();
  // Its tables stand for the parts that are wired, and find the members of the data.
  const words = await twin.innerText();
  for (const word of ["'stream' = 'sales'", "'stream' = 'totals'", "`sym` VARCHAR(16)"]) {
    assert.ok(words.includes(word), `${word} is not in\n${words}`);
  }
  await page.getByRole("button", { name: "Add as Flink app" }).click();
  await node(page, "per-key-flink").waitFor();
  await hears(page, /Added Flink app per-key-flink with 2 wires/);
  await page.getByRole("button", { name: "No problems" }).waitFor();
  await play(page);
  await until(
    () => node(page, "per-key-flink").getAttribute("aria-label"),
    (it) => /RUNNING, tumbling .*rows? out/.test(it) && !/\b0 rows out/.test(it),
    "it counts nothing",
    40_000,
  );
  await page.getByRole("button", { name: /^Undo: add per-key-flink/ }).click();
  await node(page, "per-key-flink").waitFor({ state: "detached" });
});

/** Sales that a Firehose stream loads into a table of a cluster. */
function loading() {
  const part = (id, kind, name, at, config) => ({ id, kind, name, at, config });
  const payload = '{"till":"${key}","price":${int 1 99}}\n';
  const columns = "till varchar(16),\nprice integer";
  return {
    format: "rivulet/scenario",
    version: 1,
    title: "Loading",
    nodes: [
      part(1, "producer", "tills", [0, 0], { records_per_sec: 20, payload }),
      part(2, "firehose", "load", [260, 0], { buffer_interval_secs: 5 }),
      part(3, "redshift", "warehouse", [540, 0], { table: "sales", columns }),
      part(4, "bucket", "staging", [540, 320], {}),
    ],
    edges: [
      { id: 1, from: [1, "out"], to: [2, "in"] },
      { id: 2, from: [2, "out"], to: [3, "in"] },
      { id: 3, from: [2, "bucket"], to: [4, "in"] },
    ],
  };
}

test("the rows of a Redshift table are queried", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, loading());
  await select(page, "warehouse");
  await page.getByRole("button", { name: "+1 min" }).click();
  await tab(page, "Records");
  const box = page.getByRole("region", { name: "Query" });
  const query = box.getByRole("textbox", { name: "SQL query" });
  const answer = box.getByRole("status");
  await query.fill("SELECT COUNT(*) AS n,\n  nothing FROM sales");
  await query.press("Control+Enter");
  const problem = box.getByRole("alert");
  await problem.waitFor();
  assert.match(await problem.innerText(), /2:3[\s\S]*nothing[\s\S]*SQL-162/);
  // Each part of it stays in its column.
  const right = (locator) => locator.evaluate((it) => it.getBoundingClientRect().right);
  assert.ok((await right(problem.locator("p"))) <= (await right(box)) + 1, "it is cut");
  const [place, code] = await problem.locator(".code").evaluateAll((all) =>
    all.map((it) => it.getBoundingClientRect().left));
  assert.ok(code > place, "the code stands below the place");
  await query.fill("SELECT till, COUNT(*) AS n FROM sales GROUP BY till ORDER BY n DESC");
  await box.getByRole("button", { name: "Run query" }).click();
  const found = /^[1-9][\d,]* rows from [1-9]/;
  await until(() => answer.innerText(), (it) => found.test(it), "no answer");
  assert.deepEqual(await box.locator("th").allInnerTexts(), ["till", "n"]);
});

test("a page in a sandbox has its editor", async ({ page, site, other }) => {
  const frame = page.frameLocator("iframe");
  const inside = (address) =>
    page.goto(`${other}/host?sandbox=allow-scripts&src=${encodeURIComponent(address)}`);
  await inside(`${site}/#t=count-per-minute`);
  await frame.locator('[data-node="per-minute"]').waitFor();
  await select(frame, "per-minute");
  await frame.getByRole("button", { name: "Edit query" }).click();
  await frame.locator(".cm-content").waitFor();
  await until(() => state(frame).innerText(), (it) => /This is what runs/.test(it), "not bound");
  // The player only shows: the card is there and runs, and nothing is fetched for it.
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await inside(`${site}/?embed=1#t=count-per-minute&run=1`);
  await until(
    () => frame.locator('[data-node="per-minute"]').getAttribute("aria-label"),
    (it) => /RUNNING, tumbling 1 min/.test(it),
    "it does not run",
  );
  assert.deepEqual(fetched.filter((it) => EDITOR.test(it)), []);
});
