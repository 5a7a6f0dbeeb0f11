// `cargo xtask dist` appends this to the module that wasm-bindgen wrote, whose `wasm` it reads.
//
// The WebAssembly of the page comes in two halves: the first starts it, the second follows in the
// background. What the second has to say is called through the first half's table; until then the
// slots there are empty, and who needs one early waits for the second half.

const restAddress = new URL("REST_FILE", import.meta.url);

let settle;

/** Joined by the loader (boot.js). */
export const rest = {
  /** Kept as soon as the second half is there, or will not come by itself. */
  ready: new Promise((kept) => (settle = kept)),
  /** Told why, when something was needed that could not be fetched. The page is dead then. */
  missing: () => {},
  /** Fetches the second half while the page runs. */
  async fetch() {
    try {
      const response = await fetch(restAddress);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      join(await WebAssembly.compile(await response.arrayBuffer()));
    } finally {
      settle();
    }
  },
  /** Called by the first half, which cannot go on without the second. */
  load() {
    try {
      join(new WebAssembly.Module(fetchNow()));
    } catch (error) {
      rest.missing(error);
      throw error;
    }
  },
};

function join(module) {
  if (wasm.rest_joined.value) return;
  const slot = new Proxy({}, { get: (_, name) => wasm.rest_table.get(Number(name)) });
  new WebAssembly.Instance(module, { first: wasm, slot });
  wasm.rest_joined.value = 1;
}

/** Waits: WebAssembly that has begun cannot be set aside. Bytes come as the codes of letters. */
function fetchNow() {
  const request = new XMLHttpRequest();
  request.open("GET", restAddress, false);
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${request.status} ${request.statusText}`);
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0) & 0xff);
}
