// Bundles the editor into one file. Trunk calls this (Trunk.toml), and says where the page is put
// together; the same sources and package-lock.json give the same bytes.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of a package in the path of one of its files. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("Trunk calls this: run `cargo xtask dist` or `trunk build`");

const { build } = await import("esbuild").catch(() => {
  throw new Error("the npm packages are missing: run `npm ci`, or any `cargo xtask` command");
});

const { metafile, outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("editor.js", import.meta.url))],
  bundle: true,
  format: "esm",
  // The browsers that README.md names.
  target: ["chrome111", "firefox114", "safari16.4"],
  minify: true,
  metafile: true,
  write: false,
  logLevel: "warning",
});

// Whose work it is, and on which terms: every licence once.
const folders = Object.keys(metafile.inputs).map((it) => it.match(PACKAGE)?.[0]).filter(Boolean);
const packages = [...new Set(folders)].sort();
const licences = new Set();
for (const folder of packages) {
  licences.add((await readFile(join(folder, "LICENSE"), "utf8")).trim());
}
const names = packages.map((it) => it.replace(/^.*node_modules\//, "")).join(", ");
const terms = `/*\n${names}\n\n${[...licences].join("\n\n")}\n*/\n`;
await writeFile(join(staging, "editor.js"), outputFiles[0].text + terms);
