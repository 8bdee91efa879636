// Look-alikes while typing: a field with data-similar="ADDRESS" fills #similar with the fragment of
// ADDRESS?title=… 300 ms after the last key, from three words or twelve characters on.

const field = document.querySelector("[data-similar]");
const place = document.getElementById("similar");
const first = place?.innerHTML;
let timer;
let request;
let asked = "";

const look = async (text) => {
  request?.abort();
  request = new AbortController();
  const address = new URL(field.dataset.similar, location.href);
  address.searchParams.set("title", text);
  try {
    const answer = await fetch(address, { headers: { "X-Fragment": "1" }, signal: request.signal });
    if (answer.ok) place.innerHTML = await answer.text();
  } catch { /* typed on, or no connection: what is shown stays */ }
};
const typed = () => {
  const text = field.value.trim().replace(/\s+/g, " ");
  clearTimeout(timer);
  if (text === asked) return;
  if (text.length < 12 && text.split(" ").length < 3) {
    if (asked) { request?.abort(); place.innerHTML = first; asked = ""; }
    return;
  }
  timer = setTimeout(() => { asked = text; look(text); }, 300);
};
if (field && place) {
  field.addEventListener("input", typed);
  typed();
}
