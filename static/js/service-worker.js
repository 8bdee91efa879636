// Pages that were read signed out open without a network, and every other address says that there is none.
// Nothing of signed-in people is ever kept: their pages say `no-store`, and only what may be kept is.
// The server puts VERSION, LANGUAGE and STATIC (where this version's files stand) before this text.

const SHELL = `shell-${VERSION}`;
const PAGES = "pages";
const OFFLINE = `/offline?lang=${LANGUAGE}`;
const MOST = 60; // pages kept

/** Whether everybody may read what came back, so that it may stay on this device. */
const mayBeKept = (response) =>
  response.ok && response.type === "basic" && !response.redirected
  && /^text\/html/.test(response.headers.get("Content-Type") ?? "")
  && !/no-store|private/.test(response.headers.get("Cache-Control") ?? "no-store");

const keep = async (address, response) => {
  if (!mayBeKept(response)) return;
  const pages = await caches.open(PAGES);
  await pages.put(address, response);
  const kept = await pages.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST)).map((old) => pages.delete(old)));
};
const fromPages = async (address) => (await caches.open(PAGES)).match(address, { ignoreVary: true });
const fromShell = async (address) => (await caches.open(SHELL)).match(address, { ignoreVary: true });
const plain = (address) => address.split("#")[0];

const visit = async (event) => {
  const { request } = event;
  try {
    const response = await fetch(request);
    if (request.method === "GET") event.waitUntil(keep(plain(request.url), response.clone()));
    return response;
  } catch {
    const kept = request.method === "GET" && (await fromPages(plain(request.url)));
    return kept || (await fromShell(OFFLINE)) || Response.error();
  }
};

const staticFile = async (event) => {
  const known = await fromShell(event.request.url);
  if (known) return known;
  try {
    const response = await fetch(event.request);
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(caches.open(SHELL).then((shell) => shell.put(event.request.url, copy)));
    }
    return response;
  } catch {
    // A page of an earlier version: today's file of the same name serves it better than none.
    const path = new URL(event.request.url).pathname.split("/").slice(3).join("/");
    return (await fromShell(STATIC + path)) || Response.error();
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil((async () => {
    const shell = await caches.open(SHELL);
    const page = await fetch(OFFLINE, { credentials: "omit" }); // as somebody signed out reads it
    if (!mayBeKept(page)) throw new Error("the offline page may not be kept");
    await shell.put(OFFLINE, page);
    const files = ["css/site.css", "js/site.js", "js/forms.js", "js/offline.js"];
    await shell.addAll(files.map((file) => STATIC + file));
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== SHELL && name !== PAGES).map((name) => caches.delete(name)));
    await clients.claim();
  })());
});

// The first page of all was read before anybody kept pages.
addEventListener("message", (event) => {
  const address = plain(String(event.data?.keep ?? ""));
  if (new URL(address, location.href).origin !== location.origin) return;
  event.waitUntil(fetch(address, { headers: { Accept: "text/html" } }).then((response) => keep(address, response)).catch(() => {}));
});

addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(visit(event));
  else if (event.request.method === "GET" && address.pathname.startsWith("/static/")) event.respondWith(staticFile(event));
});
