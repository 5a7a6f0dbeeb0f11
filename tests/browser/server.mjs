// A static server over dist/, as strict as the README tells hosts to be: the published content
// security policy and the header for sandboxed iframes. It also serves, on any port, `/host`: a
// page of somebody else's that embeds ours.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".jsonl": "application/jsonl",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** Serves a folder on a free port of this machine; resolves to its origin and a way to stop. */
export async function serve(folder, policy) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname === "/host") {
      return send(response, 200, ".html", hostPage(url.searchParams));
    }
    const path = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
    try {
      const bytes = await readFile(join(folder, normalize(decodeURIComponent(path))));
      response.setHeader("Content-Security-Policy", policy);
      send(response, 200, extname(path), bytes);
    } catch {
      send(response, 404, ".txt", `no ${path} here`);
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, stop: () => server.close() };
}

/** The policy in the README: what is published is what is tested. */
export async function publishedPolicy(readme) {
  const line = (await readFile(readme, "utf8")).match(/^Content-Security-Policy: (.+)$/m);
  if (!line) throw new Error("README.md publishes no Content-Security-Policy");
  return line[1];
}

function send(response, status, ending, body) {
  response.writeHead(status, {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Content-Type": TYPES[ending] ?? "application/octet-stream",
  });
  response.end(body);
}

function hostPage(query) {
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const sandbox = query.has("sandbox") ? ` sandbox="${escape(query.get("sandbox"))}"` : "";
  return `<!doctype html><title>Somebody else's page</title><link rel="icon" href="data:," />
    <iframe src="${escape(query.get("src"))}" width="900" height="420"${sandbox}></iframe>`;
}
