// Long work: [data-poll="ADDRESS"] shows the fragment of ADDRESS every 2 s while its page is seen, until the fragment
// says data-done. Only what differs is replaced, so that a reader hears each step once.

const WAIT = 2000; // ms
const place = document.querySelector("[data-poll]");

const replace = (text) => {
  const fragment = document.createElement("template");
  fragment.innerHTML = text;
  const fresh = fragment.content;
  const bars = [place.querySelector("progress"), fresh.querySelector("progress")];
  if (bars[0] && bars[1]) bars[0].value = bars[1].value;
  const words = (root) => root.textContent.replace(/\s+/g, " ").trim();
  const done = fresh.querySelector("[data-done]");
  if (words(place) !== words(fresh) || done) place.replaceChildren(fresh);
  return Boolean(done);
};
const poll = async (wait) => {
  await new Promise((resume) => setTimeout(resume, wait));
  if (document.hidden) return poll(WAIT);
  try {
    const answer = await fetch(place.dataset.poll, { headers: { "X-Fragment": "1" } });
    if (!answer.ok) return poll(wait * 2);
    if (replace(await answer.text())) return undefined;
  } catch { return poll(Math.min(wait * 2, 60000)); }
  return poll(WAIT);
};
if (place && !place.querySelector("[data-done]")) poll(WAIT);
