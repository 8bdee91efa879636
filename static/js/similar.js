// Look-alikes while typing: a field with data-similar="ADDRESS" fills #similar with the fragment of
// ADDRESS?title=…&body=…&kind=… 300 ms after the last key in it or in the form's body, from three words or twelve
// characters on. The fragment's area is proposed where none was chosen, and a vote instead of a post is cast in place.

const field = document.querySelector("[data-similar]");
const place = document.getElementById("similar");
const form = field?.form;
const first = place?.classList.contains("similar--found") ? "" : place?.innerHTML;
let timer;
let request;
let asked = "";

const say = (words) => { document.getElementById("said").textContent = words ?? ""; };

// The area: what was proposed gives way to a better proposal, what somebody chose stays.
const area = form?.elements.namedItem("area_id");
const beside = document.getElementById("proposal");
const choose = (value) => { area.value = value; area.dispatchEvent(new Event("input", { bubbles: true })); }; // drafts hear of it
const propose = (found) => {
  beside?.replaceChildren();
  if (!found && area?.value && area.value === area.dataset.proposed) choose(""); // it was proposed for other words
  if (!found || !area || !beside || ![...area.options].some((option) => option.value === found.dataset.area)) return;
  const take = () => { area.dataset.proposed = found.dataset.area; choose(found.dataset.area); };
  if (!area.value || area.value === area.dataset.proposed) take();
  else if (area.value === found.dataset.area) return;
  const button = found.querySelector("button");
  if (area.value === found.dataset.area) button.remove();
  else button.addEventListener("click", (event) => { event.preventDefault(); take(); button.remove(); area.focus(); });
  beside.append(found);
};
if (beside?.dataset.proposed) area.dataset.proposed = beside.dataset.proposed; // by the server, in a form that came back

// Complaint or idea, likewise.
const why = document.getElementById("kind-why");
const kinds = form ? [...form.querySelectorAll("[name=kind]")] : [];
const proposeKind = (found) => {
  const chosen = kinds.find((one) => one.checked);
  if (!why || (chosen && chosen.value !== why.dataset.proposed)) return;
  const kind = kinds.find((one) => one.value === found?.dataset.kind);
  if (kind === chosen && kind) return;
  if (chosen) chosen.checked = false;
  why.textContent = kind ? found.textContent : "";
  why.dataset.proposed = kind?.value ?? "";
  if (!kind) return;
  kind.checked = true;
  kind.dispatchEvent(new Event("input", { bubbles: true })); // drafts hear of it
};
for (const kind of kinds) kind.addEventListener("change", () => { delete why.dataset.proposed; why.textContent = ""; });
area?.addEventListener("change", () => { delete area.dataset.proposed; beside?.replaceChildren(); });

const more = form?.elements.namedItem("body");
const look = async (title, body) => {
  request?.abort();
  request = new AbortController();
  const address = new URL(field.dataset.similar, location.href);
  address.searchParams.set("title", title);
  if (body) address.searchParams.set("body", body);
  const kind = form.elements.namedItem("kind")?.value;
  if (kind && kind !== why?.dataset.proposed) address.searchParams.set("kind", kind);
  try {
    const answer = await fetch(address, { headers: { "X-Fragment": "1" }, signal: request.signal });
    if (!answer.ok) return;
    place.innerHTML = await answer.text();
    place.style.minHeight = `${place.offsetHeight}px`; // it grows and never shrinks, so that what stands below keeps its place
    proposeKind(place.querySelector("[data-kind]"));
    propose(place.querySelector("[data-area]"));
    say(place.querySelector("[data-said]")?.dataset.said);
  } catch { /* typed on, or no connection: what is shown stays */ }
};
const typed = () => {
  const tidy = (value, most) => value.trim().replace(/\s+/g, " ").slice(0, most);
  const title = tidy(field.value, 200);
  const body = tidy(more?.value ?? "", 800);
  const text = `${title} ${body}`.trim();
  clearTimeout(timer);
  if (text === asked) return;
  if (text.length < 12 && text.split(" ").length < 3) {
    if (asked) { request?.abort(); place.innerHTML = first; asked = ""; propose(null); proposeKind(null); }
    return;
  }
  timer = setTimeout(() => { asked = text; look(title, body); }, 300);
};
if (field && place) {
  field.addEventListener("input", typed);
  more?.addEventListener("input", typed);
  for (const kind of form.querySelectorAll("[name=kind]")) kind.addEventListener("change", () => { asked = ""; typed(); });
  typed();
}

// A vote for a look-alike, or taking it back. If anything fails, the form is sent, and comes back with what was typed.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-instead]");
  if (!button || event.defaultPrevented || button.ariaBusy === "true") return;
  event.preventDefault();
  button.ariaBusy = "true";
  const values = new FormData();
  values.set("csrf_token", button.form.elements.namedItem("csrf_token").value);
  values.set("interest", button.name === "vote" || button.value === "want" ? "want" : "none");
  const send = () => { button.removeAttribute("data-instead"); button.click(); };
  try {
    const answer = await fetch(button.dataset.instead, {
      method: "POST", body: values, headers: { "X-Fragment": "1" }, redirect: "error",
    });
    if (!answer.ok) return send();
    const fragment = document.createElement("template");
    fragment.innerHTML = await answer.text();
    const fresh = fragment.content.querySelector("[data-slot]");
    if (!fresh) return send();
    const count = button.closest("li")?.querySelector("[data-votes]");
    if (count && fresh.dataset.count) count.textContent = fresh.dataset.count;
    button.closest("[data-slot]").replaceWith(fresh);
    fresh.querySelector("button")?.focus();
    say(fresh.dataset.said);
  } catch { send(); }
});
