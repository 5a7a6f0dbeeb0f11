// Leases of a KCL application: read in their table, moved by killing a worker by hand.

import { test } from "../harness.mjs";
import { open, openFile, play, select, tab, until } from "../page.mjs";

/** An application of two workers on four shards with its lease table. */
function application() {
  const part = (id, kind, name, at, config) => ({ id, kind, name, at, config });
  const wire = (id, from, port, to) => ({ id, from: [from, port], to: [to, "in"] });
  return {
    format: "rivulet/scenario",
    version: 1,
    title: "Leases",
    nodes: [
      part(1, "producer", "clicks", [40, 80], { records_per_sec: 20, key_count: 100 }),
      part(2, "stream", "orders", [260, 80], { shards: 4 }),
      part(3, "kcl", "workers", [680, 80], { start: "TRIM_HORIZON", failover_millis: 4000 }),
      part(4, "table", "leases", [940, 80], {}),
    ],
    edges: [wire(1, 1, "out", 2), wire(2, 2, "out", 3), wire(3, 3, "leases", 4)],
  };
}

test("a worker is killed by hand and its leases move", async ({ page, site }) => {
  await open(page, site);
  await openFile(page, application());
  await play(page);
  for (let faster = 0; faster < 5; faster += 1) await page.locator("#stage").press("]");
  await select(page, "leases");
  await tab(page, "Records");
  const rows = page.locator("#inspector .records summary .muted");
  const owners = async () => (await rows.allInnerTexts()).join();
  const count = (seen, worker) => seen.split(worker).length - 1;
  const shared = (seen) => count(seen, "worker 1") === 2 && count(seen, "worker 2") === 2;
  await until(owners, shared, "the workers do not share the shards", 25_000);
  await select(page, "workers");
  await page.getByRole("button", { name: "Kill worker" }).click();
  await select(page, "leases");
  // Of two with as many leases it is the older one.
  const moved = (seen) => /^(worker (2|3),?){4}$/.test(seen);
  await until(owners, moved, "nobody took the dead worker's leases", 25_000);
});
