// On the page that stands in for one that could not be reached: what waits in this browser, something new, trying again.

const read = (key) => { try { return JSON.parse(localStorage.getItem(key) || "{}"); } catch { return {}; } };
const keys = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("draft:")); } catch { return []; } };
const words = (draft) => (draft["title="] || draft["body="] || "").trim().slice(0, 140);

// A new post is written on this page; whatever else was begun is opened where it stands.
const form = document.querySelector("form[data-draft]");
const waiting = keys().filter((key) => key !== `draft:${form.dataset.draft}`).map(read).filter((draft) => words(draft));
const list = document.getElementById("waiting");
for (const draft of waiting) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = draft.at ?? form.dataset.at;
  link.textContent = words(draft);
  item.append(link);
  list.append(item);
}
document.getElementById("drafts").hidden = waiting.length === 0;

// Enter does what the link does: nothing is sent from here, and the words stay out of the address.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  location.assign(form.dataset.at);
}, true);

// What was to be sent is not sent again unasked: its form opens, with the words in it.
const again = () => {
  const { at } = read(document.body.dataset.unsent);
  if (at) location.assign(at); else location.reload();
};
for (const link of document.querySelectorAll("[data-again]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); again(); });
}
addEventListener("online", () => { document.getElementById("back").hidden = false; });
