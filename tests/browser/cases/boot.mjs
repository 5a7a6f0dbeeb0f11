// Starting: under the published policy, from any folder, in a sandbox, and never blank.

import assert from "node:assert/strict";

import { test } from "../harness.mjs";

/** The words shown before the playground takes over are gone. */
const started = (frame) => frame.locator(".boot").waitFor({ state: "detached" });

test("the page starts under the published security policy", async ({ page, site }) => {
  await page.goto(site);
  await started(page);
  assert.ok(await page.locator("#app > *").count(), "the playground is there");
});

test("the page starts in a sandboxed iframe on another site", async ({ page, site, other }) => {
  const src = encodeURIComponent(`${site}/?embed=1`);
  await page.goto(`${other}/host?sandbox=allow-scripts&src=${src}`);
  await started(page.frameLocator("iframe"));
});

test("a page whose module is blocked says so in words", async ({ page, site, ...t }) => {
  t.expectProblem(/./);
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(site);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /could not start: .*Reload the page/s);
});

test("a damaged module says so in words", async ({ page, site, ...t }) => {
  t.expectProblem(/./);
  await page.route("**/*.wasm", (route) => {
    route.fulfill({ contentType: "application/wasm", body: "not a module" });
  });
  await page.goto(site);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /does not compile here/);
});

test("without JavaScript the page says what it needs", async ({ page, site, ...t }) => {
  t.expectProblem(/\.js \(csp\)/);
  await page.goto(site);
  const words = await page.locator("main").innerText();
  assert.match(words, /JavaScript is switched off/);
  assert.doesNotMatch(words, /Loading/);
}, { javaScriptEnabled: false });
