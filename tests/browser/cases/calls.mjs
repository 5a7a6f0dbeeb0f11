// Calls of the API by hand: by a button, from the console, and denied by a policy.

import assert from "node:assert/strict";

import { test } from "../harness.mjs";
import { node, open, openFile, play, runs, select, small, tab, until } from "../page.mjs";

/** Producer to stream to Firehose to bucket; what lands, lands within seconds. */
function delivered() {
  const part = (id, kind, name, at, config) => ({ id, kind, name, at, config });
  const wire = (id, from, to) => ({ id, from: [from, "out"], to: [to, "in"] });
  return {
    format: "rivulet/scenario",
    version: 1,
    title: "Delivered",
    nodes: [
      part(1, "producer", "clicks", [40, 80], { records_per_sec: 5, key_count: 10 }),
      part(2, "stream", "orders", [320, 80], { shards: 2 }),
      part(3, "firehose", "to-s3", [800, 80], {
        buffer_interval_secs: 5, compression: "uncompressed", newline: true,
      }),
      part(4, "bucket", "lake", [1100, 80], {}),
    ],
    edges: [wire(1, 1, 2), wire(2, 2, 3), wire(3, 3, 4)],
  };
}

/** Types a command; what it printed last. */
async function type(page, line) {
  const field = page.getByRole("textbox", { name: "Command" });
  if (!(await field.isVisible())) {
    await page.getByRole("button", { name: "Console", exact: true }).click();
  }
  const lines = page.getByRole("log", { name: "Output" }).locator("li");
  const before = await lines.count();
  await field.fill(line);
  await field.press("Enter");
  await until(() => lines.count(), (now) => now === before + 1, "the command prints nothing");
  return lines.last().locator("pre").innerText();
}

const throttled = (page) => page.locator(".evs").innerText();

test("a shard is split while records flow", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small({ producer: { records_per_sec: 1_600 }, stream: { shards: 1 } }));
  await play(page);
  await until(() => throttled(page), (it) => /throttle/.test(it), "one shard takes it all");
  await select(page, "orders");
  await page.getByRole("button", { name: "Split shard 0 in the middle" }).click();
  await page.locator("#stage").press("]");
  const label = () => node(page, "orders").getAttribute("aria-label");
  await until(label, (words) => /2 shards/.test(words), "there are no two shards", 50_000);
  await until(() => throttled(page), (it) => /reshard 1/.test(it), "the timeline has no reshard");
  // Two shards take 2,000 a second.
  await until(label, (words) => !/rejecting/.test(words), "it still rejects", 30_000);
});

test("a record is put from the console and lands in the bucket", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, delivered());
  await play(page);
  await runs(page);
  const put = "aws kinesis put-record --stream-name orders --partition-key by-hand " +
    "--cli-binary-format raw-in-base64-out --data found-again";
  const answer = JSON.parse(await type(page, put));
  assert.match(answer.ShardId, /^shardId-00000000000[01]$/);
  assert.match(answer.SequenceNumber, /^\d{56}$/);
  await page.locator("#stage").press("]");
  await page.locator("#stage").press("]");
  // Down the folders of the bucket until an object has it.
  const find = async () => {
    let place = "s3://lake/";
    for (;;) {
      const words = (await type(page, `aws s3 ls ${place}`)).trim().split(/\s+/);
      if (words[0] === "PRE") place += words[1];
      else if (words.length < 4) return "";
      else {
        const names = words.filter((_, at) => at % 4 === 3);
        const texts = [];
        for (const name of names) texts.push(await type(page, `aws s3 cp ${place}${name} -`));
        return texts.join("\n");
      }
    }
  };
  await until(find, (text) => /^found-again$/m.test(text), "no object has the record", 40_000);
});

test("a mistyped command is told in the words of the command line", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  assert.match(await type(page, "aws kinesis fly"), /Invalid choice: 'fly'|invalid choice/i);
  const field = page.getByRole("textbox", { name: "Command" });
  await field.fill("aws kinesis spl");
  await field.press("Tab");
  await until(() => field.inputValue(), (it) => it === "aws kinesis split-shard ", "no word came");
  await field.fill("");
  await field.press("ArrowUp");
  await until(() => field.inputValue(), (it) => it === "aws kinesis fly", "nothing comes back");
});

test("a policy denies a producer and the page says why", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small());
  await play(page);
  await select(page, "clicks");
  const policy = page.locator("#inspector").getByLabel("IAM policy");
  await policy.fill(JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "kinesis:Describe*", Resource: "*" }],
  }));
  await policy.blur();
  const label = () => node(page, "clicks").getAttribute("aria-label");
  await until(label, (words) => /rejecting/.test(words), "the producer is not denied");
  await tab(page, "Why");
  const card = page.locator("#inspector .why", { hasText: "Why denied?" }).first();
  await card.waitFor();
  const words = await card.innerText();
  const user = "arn:aws:sts::123456789012:assumed-role/clicks";
  assert.ok(words.includes(`AccessDeniedException: User: ${user}`), words);
  assert.match(words, /did not allow the call/);
  // CloudTrail has the call with its exception.
  await page.getByRole("button", { name: "CloudTrail" }).click();
  await page.getByRole("button", { name: "Data events" }).click();
  const denied = page.locator(".trail li", { hasText: "AccessDeniedException" }).first();
  await denied.click();
  assert.match(await denied.locator("pre").innerText(), /"errorCode": "AccessDeniedException"/);
});

test("the bill follows its prices", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, small({ stream: { shards: 1 } }));
  await play(page);
  await runs(page);
  await page.getByRole("button", { name: /^Cost/ }).click();
  const dialog = page.getByRole("dialog", { name: "Cost" });
  const line = dialog.locator("tbody tr", { hasText: "Shard hours" });
  await until(() => line.innerText(), (it) => /\$10\.95$/.test(it.trim()), "not 730 × 0.015");
  const price = line.getByRole("textbox");
  await price.fill("0.03");
  await price.press("Enter");
  await until(() => line.innerText(), (it) => /\$21\.90$/.test(it.trim()), "the price is ignored");
});
