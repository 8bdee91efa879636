// On every page: keyboard shortcuts and menus that close. Everything works without it.

/** Local storage that may be blocked: reads give null and writes give false. */
const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); return true; } catch { return false; } },
  remove(key) { try { localStorage.removeItem(key); } catch { /* nothing kept */ } },
};
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (event) => event.target.closest("input:not([type=checkbox]), textarea, select");

// Shortcuts: / n ? and g followed by a letter. One switch turns off all single letters (WCAG 2.1.4).
const PLACES = { b: "/", m: "/map", t: "/themes", r: "/roadmap" };
let afterG = 0; // the time until which a letter is read as the second of "g b", in ms
const press = (key) => {
  if (Date.now() < afterG) {
    afterG = 0;
    all(".bar a[href]").find((link) => link.pathname === PLACES[key])?.click();
  } else if (key === "g") afterG = Date.now() + 1500;
  else if (key === "n") document.querySelector(".btn--new, .new-post")?.click();
  else if (key === "?") document.getElementById("keys").showModal();
  else if (key === "/") return [document.getElementById("q"), document.getElementById("find")].find((box) => box?.offsetParent)?.focus() ?? true;
  else return false;
  return true;
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of all("[data-menu][open]")) { menu.open = false; menu.firstElementChild.focus(); }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || document.querySelector("dialog[open]")) return;
  if (store.get("keys") === "off") return;
  if (press(event.key) !== false) event.preventDefault();
});
for (const box of all("[data-keys-switch]")) {
  box.checked = store.get("keys") !== "off";
  box.addEventListener("change", () => store.set("keys", box.checked ? "on" : "off"));
}
for (const opener of all("[data-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
}
addEventListener("click", (event) => {
  for (const menu of all("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.querySelector(".nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Who signs out leaves no drafts behind for the next person at this computer.
for (const form of all("[data-forget]")) {
  form.addEventListener("submit", () => {
    try { Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach(store.remove); } catch { /* nothing kept */ }
  });
}
// A draft that was sent is forgotten on the first page that does not ask who is writing, and either says that it was
// done or does not show its form again. One that came back, for another look or as a preview, waits on.
const shows = (selector) => document.querySelector(selector) !== null;
const showsForm = (key) => shows(`form[data-draft="${CSS.escape(key.slice(6))}"]`);
const isBack = (key) => shows("[data-unreached]") || (showsForm(key) && shows(".problems, form[data-back]"));
if (isBack(store.get("sent") ?? "")) {
  document.body.dataset.unsent = store.get("sent") ?? "";
  store.remove("sent");
}
const sent = store.get("sent");
const isDone = () => shows(".notice--ok[role=status]") || !showsForm(sent);
if (sent && !shows("[type=password], [autocomplete=one-time-code]") && isDone()) {
  store.remove(sent);
  store.remove("sent");
}

// Without a connection, say so; the service worker opens what was read signed out.
const connection = () => { document.getElementById("offline").hidden = navigator.onLine || shows("[data-unreached]"); };
for (const change of ["online", "offline"]) addEventListener(change, connection);
connection();
if (navigator.serviceWorker) addEventListener("load", async () => {
  const isFirst = !navigator.serviceWorker.controller;
  try {
    await navigator.serviceWorker.register(`/service-worker.js?lang=${document.documentElement.lang}`);
    if (isFirst) (await navigator.serviceWorker.ready).active.postMessage({ keep: location.href });
  } catch { /* not on this browser, or switched off */ }
});
