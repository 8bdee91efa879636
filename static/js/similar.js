// Look-alikes while typing: a field with data-similar="ADDRESS" fills #similar with the fragment of
// ADDRESS?title=…&body=… 300 ms after the last key in it or in the form's body, from three words or twelve characters on.

const field = document.querySelector("[data-similar]");
const place = document.getElementById("similar");
const first = place?.innerHTML;
let timer;
let request;
let asked = "";

const more = field?.form?.elements.namedItem("body");
const look = async (title, body) => {
  request?.abort();
  request = new AbortController();
  const address = new URL(field.dataset.similar, location.href);
  address.searchParams.set("title", title);
  if (body) address.searchParams.set("body", body);
  try {
    const answer = await fetch(address, { headers: { "X-Fragment": "1" }, signal: request.signal });
    if (answer.ok) place.innerHTML = await answer.text();
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
    if (asked) { request?.abort(); place.innerHTML = first; asked = ""; }
    return;
  }
  timer = setTimeout(() => { asked = text; look(title, body); }, 300);
};
if (field && place) {
  field.addEventListener("input", typed);
  more?.addEventListener("input", typed);
  typed();
}
