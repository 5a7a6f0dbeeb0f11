// A very small test runner: cases, each in a browser context of its own, and a closing line.
// Whatever the page writes to the console as an error, throws, or fails to load fails the case,
// unless the case announced it with `t.expectProblem(pattern)`.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

const CASE_MILLIS_MAX = 60_000;
const cases = [];

/** Adds a case. `options` go to Playwright's `browser.newContext`. */
export function test(name, body, options = {}) {
  cases.push({ name, body, options });
}

/** Runs the cases whose name contains `filter`; returns how many failed. */
export async function run({ browser, site, other, out, filter }) {
  await mkdir(out, { recursive: true });
  const chosen = cases.filter(({ name }) => name.includes(filter));
  let failed = 0;
  for (const one of chosen) {
    const begin = performance.now();
    const problem = await runCase(one, { browser, site, other, out });
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${problem ? "FAILED" : "ok    "} ${seconds.padStart(5)} s  ${one.name}`);
    if (problem) {
      failed += 1;
      console.log(problem.stack ?? String(problem));
    }
  }
  if (chosen.length === 0) {
    console.log(`no case is called like "${filter}"`);
    failed = 1;
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed;
}

async function runCase({ name, body, options }, { browser, site, other, out }) {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, ...options });
  context.setDefaultTimeout(15_000);
  const problems = watch(context);
  const page = await context.newPage();
  const expected = [];
  const t = { page, context, site, other, expectProblem: (pattern) => expected.push(pattern) };
  try {
    await withinTime(body(t));
    const surprises = problems.filter((it) => !expected.some((pattern) => pattern.test(it)));
    if (surprises.length > 0) throw new Error(`the page complained:\n  ${surprises.join("\n  ")}`);
    return null;
  } catch (error) {
    const picture = join(out, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.png`);
    await page.screenshot({ path: picture }).catch(() => {});
    return error;
  } finally {
    await context.close();
  }
}

/** Collects the complaints of every page of the context, popups included. */
function watch(context) {
  const problems = [];
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      // The browser fetches the icon when it likes, and lets go of it when the page is left.
      if (why === "net::ERR_ABORTED" && /\/icon-[0-9a-f]+\.svg$/.test(request.url())) return;
      problems.push(`not loaded: ${request.url()} (${why})`);
    });
  });
  return problems;
}

function withinTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`not done after ${CASE_MILLIS_MAX / 1000} s`);
    timer = setTimeout(() => reject(error), CASE_MILLIS_MAX);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
