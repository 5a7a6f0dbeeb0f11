// What Firehose delivers and what it does when it cannot: objects looked into and taken along, a
// target that is down, a prefix AWS would refuse.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { clock, node, open, openFile, select, tab, until } from "../page.mjs";
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
  await select(page, "to-target");
  await tab(page, "Why");
  const why = page.locator("#inspector .why", { hasText: "Why in the backup bucket?" });
  assert.match(await why.first().innerText(), /retry duration of 0 s|retry/i);
  await select(page, "beside");
  await tab(page, "Records");
  const rows = await objects(page);
  assert.equal(await rows.first().locator(".chip").innerText(), "error");
  await rows.first().click();
  const viewer = viewerOf(page);
  await viewer.waitFor();
  assert.match(await viewer.innerText(), /http-endpoint-failed/);
  const columns = await viewer.locator("th").allInnerTexts();
  for (const name of ["attemptsMade", "errorCode", "errorMessage", "rawData"]) {
    assert.ok(columns.includes(name), `${name} is not among ${columns}`);
  }
  assert.match(await viewer.locator("tbody tr").first().innerText(), /"price":12\.5/);
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
  await page.getByText("Mend the problems to run").waitFor();
  await tab(page, "Why");
  const card = page.locator("#inspector .why", { hasText: "Why does it not run?" });
  assert.match(await card.innerText(), /prefix has an expression, so an error prefix is needed/);
  await tab(page, "Settings");
  assert.equal(await prefix.inputValue(), "!{timestamp:yyyy/MM/dd}/", "what was typed stays");
  const error = page.getByLabel("Error prefix", { exact: true });
  await error.fill("errors/!{firehose:error-output-type}/");
  await error.blur();
  await wrong.waitFor({ state: "detached" });
});

test("what jq and Parquet wait for is told, and can be asked for once more", async ({
  page,
  site,
  expectProblem,
}) => {
  expectProblem(/net::ERR_FAILED/);
  await open(page, site);
  const answers = ["abort", "hold"];
  const held = [];
  await page.route(/formats[^/]*\.wasm$/, (route) => {
    const answer = answers.shift();
    if (answer === "abort") return route.abort();
    if (answer === "hold") return held.push(route);
    return route.continue();
  });
  const settings = { buffer_size_mib: 64, convert: "parquet", schema: "gate string" };
  await openFile(page, delivery(settings, "bucket"));
  const again = page.getByRole("button", { name: "Try again" });
  await again.waitFor();
  assert.match(await page.locator(".banner").innerText(), /could not be loaded/);
  await again.click();
  await until(() => held.length, (count) => count === 1, "it is not asked for again");
  const veil = page.locator(".veil");
  await veil.waitFor();
  assert.match(await veil.innerText(), /^Fetching what runs jq/);
  await again.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("button", { name: "No problems" }).count(), 1);
  await held[0].continue();
  await veil.waitFor({ state: "detached" });
  await minute(page);
  const arrived = () => node(page, "target").getAttribute("aria-label");
  await until(arrived, (it) => /[1-9]\d* objects?/.test(it), "it does not run");
});

test("an archive that cannot be written says why and is written after all", async ({
  page,
  site,
  expectProblem,
}) => {
  expectProblem(/net::ERR_FAILED/);
  await open(page, site);
  await page.route(/formats[^/]*\.wasm$/, (route) => route.abort(), { times: 1 });
  await openFile(page, delivery({}, "bucket"));
  await minute(page);
  await select(page, "target");
  await tab(page, "Records");
  const all = page.getByRole("button", { name: "Download all as ZIP" });
  await all.click();
  await page.locator(".banner", { hasText: "could not be loaded" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".banner").waitFor({ state: "detached" });
  const [download] = await Promise.all([page.waitForEvent("download"), all.click()]);
  assert.equal(download.suggestedFilename(), "target.zip");
});

test("lines of an object are read, glued together and one for each record", async ({
  page,
  site,
}) => {
  await open(page, site);
  await openFile(page, delivery({}, "bucket"));
  await minute(page);
  await select(page, "target");
  await tab(page, "Records");
  await (await objects(page)).first().click();
  const viewer = viewerOf(page);
  await viewer.waitFor();
  assert.match(await viewer.locator("p.bad").innerText(), /^1 line for \d+ records: .*glued/);
  await viewer.getByRole("button", { name: "Lines" }).click();
  const lines = () => viewer.locator("ol.lines li").allInnerTexts();
  const [glued] = await until(lines, (it) => it.length === 1, "not one line");
  assert.match(glued, /"price":12\.5\}\{"gate"/);
  await viewer.getByRole("button", { name: "Close" }).click();

  await select(page, "to-target");
  await tab(page, "Settings");
  await page.getByLabel("New line after each record").check();
  await minute(page);
  await select(page, "target");
  await tab(page, "Records");
  await (await objects(page)).first().click();
  const words = await viewer.locator("p.ok").innerText();
  const [count] = words.match(/\d+/);
  assert.equal(words, `${count} lines, each one JSON document: it reads as lines`);
  await viewer.getByRole("button", { name: "Lines" }).click();
  const most = Math.min(Number(count), 50);
  for (const line of await until(lines, (it) => it.length === most, "not as many lines")) {
    assert.equal(JSON.parse(line).price, 12.5);
  }
});

test("a transform that fails shows in the bucket, in Why and in the metrics", async ({
  page,
  site,
}) => {
  await open(page, site);
  const settings = { transform: "wrong_ids", transform_interval_secs: 5, newline: true };
  await openFile(page, delivery(settings, "bucket"));
  await minute(page);
  await select(page, "target");
  await tab(page, "Records");
  const rows = await objects(page);
  assert.match(await rows.first().innerText(), /error/);
  await rows.first().click();
  const facts = await viewerOf(page).innerText();
  assert.match(facts, /records that failed, written at/);
  assert.match(facts, /Lambda\.(MissingRecordId|DuplicatedRecordId|JsonProcessingException)/);
  await viewerOf(page).getByRole("button", { name: "Close" }).click();

  await select(page, "to-target");
  await tab(page, "Why");
  const why = page.locator("#inspector .why", { hasText: "Why in the error prefix?" });
  assert.match(await why.first().innerText(), /under processing-failed of the error prefix/);
  await tab(page, "Live");
  const shown = page.locator("#inspector .metric .fl span");
  await shown.first().waitFor();
  const names = await shown.allInnerTexts();
  for (const name of ["ExecuteProcessing.Success", "DeliveryToS3.Bytes", "BackupToS3.Records"]) {
    assert.ok(names.includes(name), `${name} is not among ${names}`);
  }
  const others = names.filter((name) => /Splunk|Redshift|OpenSearch|Http|Kinesis/.test(name));
  assert.deepEqual(others, [], "what it is not wired to has no metrics here");
});

test("what a jq program says about a record is found in Why", async ({ page, site }) => {
  await open(page, site);
  const settings = { transform: "jq", transform_jq: ".gate + 1", transform_interval_secs: 5 };
  await openFile(page, delivery(settings, "bucket"));
  await page.locator(".veil").waitFor({ state: "detached" });
  await minute(page);
  await select(page, "to-target");
  await tab(page, "Why");
  const why = page.locator("#inspector .why", { hasText: "Why in the error prefix?" });
  assert.match(await why.first().innerText(), /Its log: .*cannot be added/);
});

/** Bytes AWS bills for records under 5 KB, as the bill writes them (facts: 5,120 B a record). */
const billed = (records) => `${((records * 5_120) / 2 ** 30).toFixed(4)} GB`;

test("the bill has a line for each thing Firehose is paid for", async ({ page, site }) => {
  await open(page, site);
  const settings = {
    buffer_size_mib: 64,
    buffer_interval_secs: 60,
    convert: "parquet",
    schema: "gate string",
    partitioning: true,
    partition_query: "{gate: .gate}",
    prefix: "g=!{partitionKeyFromQuery:gate}/",
    error_prefix: "errors/!{firehose:error-output-type}/",
  };
  await openFile(page, delivery(settings, "bucket"));
  await until(
    async () => {
      await minute(page);
      return node(page, "target").getAttribute("aria-label");
    },
    (it) => /[1-9]\d* objects/.test(it),
    "nothing is delivered",
  );
  await page.getByRole("button", { name: /^Cost/ }).click();
  const rows = page.getByRole("dialog", { name: "Cost" }).locator("tbody tr");
  await rows.first().waitFor();
  const words = (await rows.allInnerTexts()).join("\n");
  const lines = [
    "Firehose ingestion, records rounded up to 5 KB",
    "Firehose format conversion",
    "Firehose partitioning, delivered",
    "Firehose partitioning, objects",
  ];
  for (const line of lines) assert.ok(words.includes(line), `no ${line} in ${words}`);
  const minutes = Math.round((await clock(page)) / 60_000) - 600;
  // The last records of the minute are still on the wire.
  const least = 20 * 60 * minutes - 10;
  const possible = Array.from({ length: 12 }, (_, more) => billed(least + more));
  assert.ok(possible.some((used) => words.includes(used)), `${possible} not in ${words}`);
});
