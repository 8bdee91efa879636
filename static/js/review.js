// The theme desk's keys. j and k move over the lines ([data-line]: a line of a diff or a theme in the list), Enter opens
// the line's link, a and d accept and decline it (buttons with data-key inside the line), other letters press the button
// of the page that carries them. A line's own form is sent in place: the answer's fragment takes the line's place.

const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
const lines = () => [...document.querySelectorAll("[data-line]")];
const current = () => document.activeElement?.closest("[data-line]") ?? document.querySelector("[data-line][aria-current]");

const step = (by) => {
  const all = lines();
  const now = all.indexOf(current());
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
const press = (key) => {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const button = current()?.querySelector(selector)
    ?? [...document.querySelectorAll(selector)].find((one) => one.offsetParent && !one.closest("[data-line]"));
  button?.click();
  return Boolean(button);
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Enter" && event.target.matches("[data-line]")) event.target.querySelector("a[href]")?.click();
  else if (event.key.length > 1 || !press(event.key)) return;
  event.preventDefault();
});
addEventListener("submit", async (event) => {
  const line = event.target.closest("li[data-line]");
  if (!line || event.defaultPrevented) return;
  event.preventDefault();
  const button = event.submitter;
  const answer = await fetch(button?.hasAttribute("formaction") ? button.formAction : event.target.action, {
    method: "POST", body: new FormData(event.target, button), headers: { "X-Fragment": "1" },
  }).catch(() => null);
  const fragment = document.createElement("template");
  fragment.innerHTML = answer?.ok ? await answer.text() : "";
  const fresh = fragment.content.querySelector("[data-line]");
  if (!fresh) return location.reload();
  line.replaceWith(fresh);
  for (const words of fragment.content.querySelectorAll("[data-for]")) {
    document.getElementById(words.dataset.for).textContent = words.textContent.trim();
  }
  fresh.focus();
  document.getElementById("said").textContent = fresh.dataset.said ?? "";
});

// The slider of a run says in words where it stands, and what it would find there.
const slider = document.querySelector("input[type=range][data-words]");
const tell = () => {
  const words = slider.dataset.words.split("|")[slider.value - slider.min];
  document.getElementById(`${slider.id}-now`).textContent = words;
  slider.setAttribute("aria-valuetext", words);
  for (const line of document.querySelectorAll("[data-notch]")) line.hidden = line.dataset.notch !== slider.value;
};
if (slider) {
  slider.addEventListener("input", tell);
  tell();
}
