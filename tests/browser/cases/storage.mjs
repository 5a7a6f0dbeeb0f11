// What Firehose delivers and what it does when it cannot: objects looked into and taken along, a
// target that is down, a prefix AWS would refuse.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { node, open, openFile, select, tab, until } from "../page.mjs";
import { test } from "../harness.mjs";

const PAYLOAD = '{"gate":"${key}","price":12.5}';
const CENTRAL_ENTRY = Buffer.from("PK\x01\x02", "latin1");

/** Producer to Firehose to a target, with a bucket beside where there is one. */
function delivery(firehose, target, beside) {
  const part = (id, kind, name, x, y, config = {}) => ({ id, kind, name, at: [x, y], config });
  const records = { records_per_sec: 20, payload: PAYLOAD, size: "template" };
  const nodes = [
    part(1, "producer", "clicks", 40, 60, records),
    part(2, "firehose", "to-target", 320, 60, { buffer_interval_secs: 5, ...firehose }),
    part(3, target, "target", 640, 60),
  ];
  const edges = [
    { id: 1, from: [1, "out"], to: [2, "in"] },
    { id: 2, from: [2, "out"], to: [3, "in"] },
  ];
  if (beside) {
    nodes.push(part(4, "bucket", "beside", 640, 320));
    edges.push({ id: 3, from: [2, "bucket"], to: [4, "in"] });
  }
  return { format: "rivulet/scenario", version: 1, title: "Delivery", nodes, edges };
}

const minute = (page) => page.getByRole("button", { name: "+1 min" }).click();
const viewerOf = (page) => page.getByRole("dialog", { name: "Object" });

/** Goes down the folders of the bucket that is selected until objects are listed. */
async function objects(page) {
  const entries = page.locator("#inspector .objects .entry");
  const rows = page.locator("#inspector .object-row .entry");
  await entries.first().waitFor();
  const crumbs = page.locator("#inspector .crumbs");
  for (let depth = 0; depth < 8 && (await rows.count()) === 0; depth += 1) {
    const words = await crumbs.innerText();
    await entries.first().click();
    await until(() => crumbs.innerText(), (now) => now !== words, "the folder stays shut");
  }
  return rows;
}

test("all objects of a bucket come as one archive", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, delivery({ newline: true, prefix: "clicks/" }, "bucket"));
  await minute(page);
  await select(page, "target");
  await tab(page, "Records");
  const total = page.locator("#inspector .total");
  const words = await until(() => total.innerText(), (it) => /^1\d objects/.test(it), "no objects");
  await page.locator("#inspector .caution").waitFor();
  assert.match(await page.locator("#inspector .caution").innerText(), /Buffer interval, now 5 s/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download all as ZIP" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "target.zip");
  const bytes = await readFile(await download.path());
  assert.equal(bytes.subarray(0, 4).toString("latin1"), "PK\x03\x04");
  let entries = 0;
  for (let at = bytes.indexOf(CENTRAL_ENTRY); at >= 0; entries += 1) {
    at = bytes.indexOf(CENTRAL_ENTRY, at + 1);
  }
  assert.equal(entries, Number.parseInt(words, 10), "one entry for each object");
  assert.ok(bytes.includes("clicks/2026/"), "names keep their folders");
});

test("a Parquet object shows its columns and its rows", async ({ page, site }) => {
  await open(page, site);
  const settings = {
    buffer_size_mib: 64,
    convert: "parquet",
    schema: "gate string\nprice double",
    prefix: "table/",
  };
  await openFile(page, delivery(settings, "bucket"));
  const label = () => node(page, "target").getAttribute("aria-label");
  const arrived = async () => {
    await minute(page);
    return label();
  };
  await until(arrived, (it) => /[1-9]\d* objects?/.test(it), "nothing is converted");
  await select(page, "target");
  await tab(page, "Records");
  await (await objects(page)).first().click();
  const viewer = viewerOf(page);
  await viewer.waitFor();
  assert.match(await viewer.locator("p.ok").innerText(), /\d+ rows of 2 columns/);
  assert.deepEqual(await viewer.locator("th").allInnerTexts(), ["gate", "price"]);
  assert.match(await viewer.locator("tbody tr").first().innerText(), /12\.5/);
  await viewer.getByRole("button", { name: "Schema" }).click();
  const schema = () => viewer.locator("tbody").innerText();
  await until(schema, (it) => /gate\s+string\s+price\s+double/.test(it), "no schema");
});

test("what a target refuses is found in the bucket beside it", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, delivery({ retry_secs: 0 }, "http_endpoint", true));
  await minute(page);
  const beside = () => node(page, "beside").getAttribute("aria-label");
  assert.match(await beside(), /\b0 objects/, "nothing is diverted while all is well");
  await select(page, "target");
  await page.locator("#palette").getByRole("button", { name: "Down", exact: true }).click();
  const diverted = async () => {
    await minute(page);
    return beside();
  };
  await until(diverted, (it) => /[1-9]\d* objects?/.test(it), "nothing is diverted");
  await select(page, "beside");
  await tab(page, "Records");
  await (await objects(page)).first().click();
  const viewer = viewerOf(page);
  await viewer.waitFor();
  assert.match(await viewer.innerText(), /http-endpoint-failed/);
  const columns = await viewer.locator("th").allInnerTexts();
  for (const name of ["attemptsMade", "errorCode", "errorMessage", "rawData"]) {
    assert.ok(columns.includes(name), `${name} is not among ${columns}`);
  }
});

test("a prefix that AWS refuses is marked with the reason", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, delivery({}, "bucket"));
  await select(page, "to-target");
  await tab(page, "Settings");
  const prefix = page.getByLabel("Prefix", { exact: true });
  await prefix.fill("!{timestamp:yyyy/MM/dd}/");
  await prefix.blur();
  const wrong = page.locator("#inspector .setting.invalid .wrong");
  const why = await until(() => wrong.allInnerTexts(), (it) => it.length > 0, "nothing is marked");
  assert.match(why.join("\n"), /ErrorOutputPrefix|error prefix/i);
  assert.equal(await prefix.inputValue(), "!{timestamp:yyyy/MM/dd}/", "what was typed stays");
  const error = page.getByLabel("Error prefix", { exact: true });
  await error.fill("errors/!{firehose:error-output-type}/");
  await error.blur();
  await wrong.waitFor({ state: "detached" });
});
