// On the page that stands in for one that could not be reached: what waits in this browser, and trying again.

const drafts = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith("draft:")).map((key) => JSON.parse(localStorage.getItem(key) || "{}"));
  } catch { return []; }
};
const words = (draft) => Object.values(draft).find((value) => typeof value === "string" && value.trim())?.trim().slice(0, 140);

const waiting = drafts().map(words).filter(Boolean);
const list = document.getElementById("waiting");
for (const text of waiting) {
  const item = document.createElement("li");
  const quote = document.createElement("q");
  quote.textContent = text;
  item.append(quote);
  list.append(item);
}
document.getElementById("drafts").hidden = waiting.length === 0;
for (const link of document.querySelectorAll("[data-again]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
}
