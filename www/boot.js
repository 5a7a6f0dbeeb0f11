// Starts the page, or says in words why it cannot: it is never blank.
// A file of its own, so that the content security policy can forbid inline scripts.

const script = document.getElementById("boot");
const here = (path) => new URL(path, import.meta.url);

try {
  const { default: start } = await import(here(script.dataset.js));
  await start({ module_or_path: here(script.dataset.wasm) });
} catch (error) {
  const note = document.getElementById("boot-note");
  if (note) {
    note.setAttribute("role", "alert");
    note.textContent = `The playground could not start: ${reason(error)}`;
  }
  throw error;
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
