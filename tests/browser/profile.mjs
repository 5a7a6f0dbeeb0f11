// What a page enters of its module until records move, and a little after: `cargo xtask profile`
// builds the page so that every function leaves a mark, and reads the numbers this prints.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { clock, LANDS_AT_SECS, landsInFirstKinds, open, runs, until } from "./page.mjs";
import { publishedPolicy, serve } from "./server.mjs";

/** In simulated time: a busy machine sees as much as an idle one. */
const WATCHED_MILLIS = 10_000;
/** Where the clocks of examples begin: at ten. */
const BEGIN_MILLIS = 36_000_000;
const WAIT_MILLIS = 120_000;
const PLAYER = "?embed=1#t=hot-key&run=1";
const top = fileURLToPath(new URL("../..", import.meta.url));

/** Keeps the marks where this program can read them. */
function keepMarks() {
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...args) => {
    const made = await instantiate(...args);
    window.marks = made.instance.exports.marks.buffer;
    return made;
  };
}

async function entered(browser, address, options) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  await page.addInitScript(keepMarks);
  await landsInFirstKinds(page);
  await open(page, address);
  await runs(page);
  const end = BEGIN_MILLIS + LANDS_AT_SECS * 1_000 + WATCHED_MILLIS;
  // A hand that is on its way to something must not have to wait.
  await page.mouse.move(300, 300);
  await page.mouse.move(900, 500, { steps: 20 });
  await until(() => clock(page), (now) => now > end, "it runs too slowly", WAIT_MILLIS);
  // Nor may a page that is left have to wait: it could not.
  await page.evaluate(() => {
    for (const name of ["blur", "pagehide"]) window.dispatchEvent(new Event(name));
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const numbers = await marks(page);
  await page.close();
  return numbers;
}

/** The numbers of the functions that left a mark. */
function marks(page) {
  return page.evaluate(() =>
    [...new Uint8Array(window.marks)].flatMap((mark, number) => (mark ? [number] : [])),
  );
}

/** What a page enters that has a link or a draft to open and waits for the second half. */
async function waits(browser, address) {
  const context = await browser.newContext();
  const [tab, other] = [await context.newPage(), await context.newPage()];
  await open(tab, `${address}#t=one-record`);
  await tab.getByRole("textbox", { name: "Title" }).fill("Changed");
  await tab.keyboard.press("Enter");
  await until(() => tab.url(), (now) => now.includes("#s="), "the address does not follow");
  await context.addInitScript(keepMarks);
  await context.addInitScript(() => {
    const never = new Promise(() => {});
    Object.defineProperty(globalThis, "restReady", { get: () => never, set: () => {} });
  });
  const numbers = [];
  for (const [page, arrive] of [[tab, () => tab.reload()], [other, () => other.goto(tab.url())]]) {
    await arrive();
    await page.getByText("Opening…").waitFor();
    numbers.push(...await marks(page));
  }
  await context.close();
  return numbers;
}

const site = await serve(join(top, process.argv[2]), await publishedPolicy(join(top, "README.md")));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--disable-gpu", "--no-sandbox"] });
try {
  const all = new Set();
  for (const [address, colorScheme] of [["", "light"], ["", "dark"], [PLAYER, "light"]]) {
    const numbers = await entered(browser, `${site.origin}/${address}`, { colorScheme });
    console.log(`/${address}, ${colorScheme}: ${numbers.length} functions`);
    for (const number of numbers) all.add(number);
  }
  for (const number of await waits(browser, `${site.origin}/`)) all.add(number);
  console.log(`entered ${[...all].sort((a, b) => a - b).join(" ")}`);
} finally {
  await browser.close();
  site.stop();
}
