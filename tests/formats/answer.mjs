// The same as crates/formats/examples/answer.rs by the module that the page fetches: its glue is
// the first argument, the module the second.

import { readFileSync, writeSync, readSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [glue, wasm] = process.argv.slice(2);
const { initSync, call } = await import(pathToFileURL(glue));
initSync({ module: readFileSync(wasm) });

const take = (count) => {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; ) {
    const read = readSync(0, bytes, at, count - at, null);
    if (read === 0) return undefined;
    at += read;
  }
  return bytes;
};
const put = (bytes) => {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
};

for (let length = take(4); length; length = take(4)) {
  const reply = call(take(length.readUInt32LE()));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(reply.length);
  put(head);
  put(reply);
}
