// Starts the page, or says in words why it cannot: it is never blank.
// A file of its own, so that the content security policy can forbid inline scripts.

const script = document.getElementById("boot");
const here = (path) => new URL(path, import.meta.url);

try {
  const { default: start, rest } = await import(here(script.dataset.js));
  if (rest) rest.missing = stop;
  globalThis.restReady = rest?.ready;
  globalThis.formats = { call: nothing, load };
  globalThis.editor = editor;
  await start({ module_or_path: here(script.dataset.wasm) });
  // Whoever needs it before it came, or after this failed, asks again and waits.
  rest?.fetch().catch((error) => console.warn(`The second half is not here yet: ${error}`));
} catch (error) {
  const note = document.getElementById("boot-note");
  if (note) {
    note.setAttribute("role", "alert");
    note.textContent = `The playground could not start: ${reason(error)}`;
  }
  throw error;
}

/**
 * Fetches what runs jq and writes Parquet, ZIP and Snappy, once; a browser remembers that a module
 * failed, so whoever tries again asks by another name.
 */
function load() {
  const address = here(script.dataset.formats);
  if (load.failures) address.search = load.failures;
  load.coming ??= (async () => {
    try {
      const { default: begin, call } = await import(address);
      await begin();
      formats.call = (request) => {
        try {
          return call(request);
        } catch (error) {
          // What failed halfway is broken for good: a new module takes its place.
          console.error(error);
          formats.call = nothing;
          forget();
          load().catch((again) => console.error(again));
          return nothing();
        }
      };
    } catch (error) {
      forget();
      throw error;
    }
  })();
  return load.coming;
}

/** Fetches the editor of queries, once; after a failure by another name, as above. */
async function editor() {
  const address = here(script.dataset.editor);
  if (editor.failures) address.search = editor.failures;
  try {
    return await import(address);
  } catch (error) {
    editor.failures = (editor.failures ?? 0) + 1;
    throw error;
  }
}

/** The next one who asks for the module gets another. */
function forget() {
  load.failures = (load.failures ?? 0) + 1;
  load.coming = undefined;
}

/** The answer of no library. */
function nothing() {
  return new Uint8Array();
}

function reason(error) {
  if (typeof WebAssembly !== "object") {
    return "this browser has no WebAssembly, or it is switched off.";
  }
  if (error instanceof WebAssembly.CompileError) {
    return "the simulation does not compile here. The file may be damaged on its way, or the "
      + "browser is older than 2023.";
  }
  return `${error?.message ?? error}. Reload the page; if that does not help, your network or an `
    + "extension may be blocking part of it.";
}

/** Covers a page that runs but whose second half cannot be had; it looks as in src/panic.rs. */
function stop(error) {
  if (document.getElementById("crash")) return;
  const overlay = document.createElement("div");
  overlay.id = "crash";
  overlay.setAttribute("role", "alertdialog");
  overlay.setAttribute("aria-label", "A part of Rivulet is missing");
  const add = (tag, words) => {
    const element = document.createElement(tag);
    element.textContent = words;
    overlay.append(element);
    return element;
  };
  add("h1", "A part of Rivulet is missing");
  add("p", `This needs a part of the playground that did not load: ${reason(error)}`);
  add("p", "Unless storage is blocked, your work up to here is kept in this browser.");
  const again = add("button", "Reload");
  again.addEventListener("click", () => location.reload());
  document.body.append(overlay);
  again.focus();
}
