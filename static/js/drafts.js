// Drafts of people who are signed in: what is typed into form[data-save="ADDRESS"] is kept on the server as well, four
// seconds after the last key, so that it can be finished on another device. The browser's own copy is in forms.js.

const PAUSE = 4000; // ms
const form = document.querySelector("form[data-save]");
const kept = document.getElementById("kept");
let timer;
let saved = "";
let isSaving = false;

const typed = () => {
  const values = new FormData(form);
  for (const [name, value] of [...values]) if (value instanceof File) values.delete(name);
  return values;
};
// What the server refuses, such as a draft beyond the most that one person has, is said once beside the buttons.
const tellRefusal = async (answer) => {
  if (!/problem\+json/.test(answer.headers.get("Content-Type") ?? "")) return;
  const { detail } = await answer.json();
  const said = `${detail} ${kept.dataset.onlyHere}`;
  if (kept.textContent === said) return;
  kept.textContent = said;
  document.getElementById("said").textContent = said;
};
const save = async () => {
  const values = typed();
  const text = JSON.stringify([...values]);
  if (text === saved) return;
  if (isSaving) { timer = setTimeout(save, PAUSE); return; } // one after the other: each carries the stamp of the last
  isSaving = true;
  try {
    const answer = await fetch(form.dataset.save, { method: "POST", body: values, redirect: "error", headers: { Accept: "application/problem+json" } });
    if (answer.status >= 400) await tellRefusal(answer);
    if (answer.status !== 200) return;
    const { draft, stamp, said, is_second } = await answer.json();
    const isTypedOn = JSON.stringify([...typed()]) !== text;
    form.elements.namedItem("draft").value = draft;
    form.elements.namedItem("stamp").value = stamp;
    form.dispatchEvent(new Event("input")); // so that the browser's copy knows which draft it is
    if (!isTypedOn) { clearTimeout(timer); saved = JSON.stringify([...typed()]); }
    kept.textContent = said;
    if (is_second) document.getElementById("said").textContent = said;
  } catch { /* no connection: the browser keeps it, and the next key tries again */ } finally { isSaving = false; }
};
form?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
form?.addEventListener("submit", () => clearTimeout(timer));

// A file that is too large is refused before it is sent, beside its field.
const file = document.querySelector("[type=file][data-most]");
file?.addEventListener("change", () => {
  const isLarge = file.files[0]?.size > Number(file.dataset.most);
  document.getElementById("picture-error")?.remove();
  file.removeAttribute("aria-invalid");
  if (!isLarge) return;
  const words = document.createElement("span");
  words.className = "error";
  words.id = "picture-error";
  words.textContent = file.dataset.tooLarge;
  file.closest(".row").before(words);
  file.ariaInvalid = "true";
  file.value = "";
  document.getElementById("said").textContent = words.textContent;
});
