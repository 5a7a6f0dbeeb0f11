// End-to-end tests over dist/ in a real Chromium: `node tests/browser/run.mjs [part of a name]`.
// CHROMIUM names the browser; `cargo xtask test` sets it.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { run } from "./harness.mjs";
import { publishedPolicy, serve } from "./server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const top = join(here, "..", "..");

// The sandbox needs privileges a build machine does not give; the rest keeps Chromium from talking
// to its maker and from waiting for a GPU.
const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

for (const name of (await readdir(join(here, "cases"))).sort()) {
  await import(new URL(`cases/${name}`, import.meta.url));
}

const policy = await publishedPolicy(join(top, "README.md"));
// Two ports are two origins: ours, and that of a site that embeds us.
const site = await serve(join(top, "dist"), policy);
const other = await serve(join(top, "dist"), policy);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const filter = process.argv[2] ?? "";
  const out = join(here, "out");
  const failed = await run({ browser, site: site.origin, other: other.origin, out, filter });
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await browser.close();
  site.stop();
  other.stop();
}
