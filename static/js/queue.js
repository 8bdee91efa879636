// The moderator's keys. j and k follow the link before and after in [data-list], and j at its end goes to the next page;
// x ticks the case in its list; any other letter presses what carries it as data-key: a approve or keep, m merge, e ask,
// r remove, i hide, h later, s the ticked ones, z undo (and u the same). A button with data-needs="ID" goes to that field first while it is empty. Esc leaves a field, so that the
// letters work again. Silent in fields and when shortcuts are switched off; each key has a button.

const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
const all = (selector) => [...document.querySelectorAll(selector)];

const step = (by) => {
  const links = all("[data-list] a[href]");
  const now = links.findIndex((link) => link.ariaCurrent);
  const on = now === links.length - 1 && by > 0 && document.querySelector("[data-list] ~ .pager [rel=next]");
  (on || links[now < 0 ? 0 : now + by])?.click();
};
const tick = () => {
  const box = document.querySelector("[data-list] [aria-current]")?.closest("li")?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
};
const press = (key) => {
  const button = all(`[data-key="${CSS.escape(key)}"]`).find((one) => one.offsetParent);
  if (!button) return false;
  const needed = button.dataset.needs && document.getElementById(button.dataset.needs);
  if (needed && !needed.value) needed.focus();
  else button.click();
  // A reason may be asked for in a folded form: open it and go to its first field.
  if (button.matches("summary")) button.parentElement.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  return true;
};
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || off()) return; // "g r" goes to the roadmap
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (field && event.key === "Escape") field.blur();
  if (field || event.target.closest("dialog")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x" && tick()) { /* ticked */ }
  else if (event.key.length > 1 || !press(event.key === "u" ? "z" : event.key)) return;
  event.preventDefault();
});
for (const hint of all("[data-keys-hint]")) hint.hidden = false;
document.querySelector("[data-list] [aria-current]")?.scrollIntoView({ block: "nearest" });

// Whoever has a case open is shown to the others as looking at it: the form's own button does the same without script.
const claim = document.querySelector("form[data-claim]");
if (claim?.offsetParent) {
  fetch(claim.action, { method: "POST", body: new FormData(claim), headers: { "X-Fragment": "1" } })
    .then((answer) => { claim.hidden = answer.ok; })
    .catch(() => {}); // the button is still there
}
