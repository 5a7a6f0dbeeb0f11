// The aggregates the engine writes and reads, held against AWS's own library for Node:
// `node tests/kpl/check.mjs`. The test `kpl` holds the engine against the same file.
//
// Either all user records of a case carry an explicit hash key or none does: this library reads
// one that has none as if it had the first of the table.

import { deepStrictEqual } from "node:assert";
import { readFile } from "node:fs/promises";
import kpl from "aws-kinesis-agg";

const path = new URL("aggregates.json", import.meta.url);
const cases = JSON.parse(await readFile(path, "utf8"));

/** The data of the record the library makes of user records, base64. */
function aggregate(records) {
  const given = records.map(({ key, explicitHash, data }) => ({
    partitionKey: key,
    explicitHashKey: explicitHash,
    data: Buffer.from(data, "base64"),
  }));
  const made = [];
  const take = (record, done) => {
    made.push(Buffer.from(record.data).toString("base64"));
    done();
  };
  return new Promise((resolve, reject) => {
    kpl.aggregate(given, take, () => resolve(made), reject);
  });
}

/** The user records the library finds in the data of a record, its checksum checked. */
function deaggregate(data) {
  const record = { kinesisSchemaVersion: "1.0", partitionKey: "a", sequenceNumber: "1", data };
  return new Promise((resolve, reject) => {
    kpl.deaggregateSync(record, true, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

for (const { name, records, aggregate: data } of cases) {
  deepStrictEqual(await aggregate(records), [data], `${name}: aggregated`);
  const found = (await deaggregate(data)).map((it) => ({
    key: it.partitionKey,
    explicitHash: it.explicitPartitionKey || undefined,
    data: it.data,
    subSequence: it.subSequenceNumber,
  }));
  const given = records.map(({ key, explicitHash, data }, subSequence) => {
    return { key, explicitHash, data, subSequence };
  });
  deepStrictEqual(found, given, `${name}: de-aggregated`);
}
console.log(`${cases.length} passed, 0 failed`);
