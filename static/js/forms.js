// On pages with a form: character counters, and drafts that survive a closed window. Everything works without it.

const all = (selector) => [...document.querySelectorAll(selector)];
// Local storage may be blocked: then nothing is read, and nothing counts as kept.
const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, text) => { try { localStorage.setItem(key, text); return true; } catch { return false; } };

// "12 / 140" under a field with data-count="140"; in characters as the server counts them, so that an emoji is one
for (const field of all("[data-count]")) {
  const counter = document.createElement("span");
  counter.className = "counter";
  counter.ariaHidden = "true";
  const most = Number(field.dataset.count);
  const count = () => {
    const length = [...field.value].length;
    counter.textContent = `${length} / ${most}`;
    counter.classList.toggle("counter--near", length > most * 0.9);
  };
  field.after(counter);
  field.addEventListener("input", count);
  count();
}

// What belongs to a choice: a select with data-shows="/areas/0/rules" shows the fragment for its value in #ID-shown.
for (const select of all("select[data-shows]")) {
  const place = document.getElementById(`${select.id}-shown`);
  let chosen = select.value;
  select.addEventListener("input", async () => {
    if (select.value === chosen) return;
    chosen = select.value;
    if (!chosen) return place.replaceChildren();
    try {
      const answer = await fetch(select.dataset.shows.replace("0", chosen), { headers: { "X-Fragment": "1" } });
      const words = answer.ok ? await answer.text() : "";
      if (select.value === chosen) place.innerHTML = words;
    } catch { place.replaceChildren(); }
  });
}

// Drafts: what is typed into form[data-draft] is kept in this browser until it was sent, with the place where the form
// stands (data-at); other forms with data-guard ask before they are left.
const isKept = (field) => /^(draft|stamp)$/.test(field.name) || !/hidden|password|file|submit/.test(field.type); // which draft it is on the server
const fields = (form) => [...form.elements].filter((field) => field.name && isKept(field));
const value = (field) => (/checkbox|radio/.test(field.type) ? field.checked : field.value);
for (const form of all("form[data-draft], form[data-guard]")) {
  const key = form.dataset.draft && `draft:${form.dataset.draft}`;
  const id = (field) => `${field.name}=${/radio/.test(field.type) ? field.value : ""}`;
  const draft = JSON.parse((key && read(key)) || "{}");
  let kept = true;
  // What the server filled in stands, unless this browser went on from just that; into an empty form the draft comes back
  // whole, with who it was to speak to.
  const empty = !fields(form).some((field) => !/checkbox|radio|select|hidden/.test(field.type) && field.value);
  const stamp = form.elements.namedItem("stamp")?.value;
  const wentOn = Boolean(stamp) && draft["stamp="] === stamp;
  for (const field of fields(form)) {
    const then = draft[id(field)];
    if (then === undefined || then === value(field)) continue;
    if (/checkbox|radio/.test(field.type)) { if (empty || wentOn) field.checked = then; }
    else if (wentOn || (!field.value && then)) { field.value = then; field.dispatchEvent(new Event("input", { bubbles: true })); }
  }
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(fields(form).map((field) => [id(field), value(field)]));
    const others = JSON.parse((key && read(key)) || "{}"); // of fields that are not on this page
    kept = Boolean(key) && keep(key, JSON.stringify({ ...others, ...typed, at: form.dataset.at }));
  });
  form.addEventListener("submit", () => { kept = true; if (key) keep("sent", key); });
  addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });
}
