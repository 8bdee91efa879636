// The moderator's keys. j and k follow the link before and after in [data-list]; any other letter presses what carries
// it as data-key: a approve, m merge, e ask, r remove, h later, z undo. x ticks the box of the current case, u unticks
// all. Silent in fields and when shortcuts are switched off; each key has a button.

const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
const all = (selector) => [...document.querySelectorAll(selector)];

const step = (by) => {
  const links = all("[data-list] a[href]");
  const now = links.findIndex((link) => link.ariaCurrent);
  links[now < 0 ? 0 : now + by]?.click();
};
const tick = () => {
  const box = document.querySelector("[data-list] [aria-current]")?.closest("li")?.querySelector("[type=checkbox]");
  if (box) box.click();
};
const press = (key) => {
  const button = all(`[data-key="${CSS.escape(key)}"]`).find((one) => one.offsetParent);
  if (!button) return false;
  button.click();
  // A reason is asked for in a folded form: open it and go to its first field.
  if (button.matches("summary")) button.parentElement.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  return true;
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x") tick();
  else if (event.key === "u") all("[data-list] :checked").forEach((box) => box.click());
  else if (event.key.length > 1 || !press(event.key)) return;
  event.preventDefault();
});
