// Votes without a reload: form[data-vote] and the buttons that belong to it. The server answers with the fragment that
// takes the place of the nearest [data-slot]; its data-said is announced. If anything fails, the form is sent as usual.

addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!event.target.matches("[data-vote]") || !button || event.defaultPrevented) return;
  const slot = button.closest("[data-slot]");
  if (!slot) return;
  event.preventDefault();
  const send = () => { const form = event.target; button.removeAttribute("aria-busy"); button.disabled = false; slot.removeAttribute("data-slot"); form.requestSubmit(button); };
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", body: new FormData(event.target, button), headers: { "X-Fragment": "1" }, redirect: "error",
    });
    if (!answer.ok) return send();
    const fragment = document.createElement("template");
    fragment.innerHTML = await answer.text();
    const fresh = fragment.content.firstElementChild;
    if (!fresh?.matches("[data-slot]")) return location.reload();
    const value = button.value;
    slot.replaceWith(fresh);
    (fresh.querySelector(`button[value="${value}"]`) ?? fresh.querySelector("button"))?.focus();
    document.getElementById("said").textContent = fresh.dataset.said ?? "";
  } catch {
    send();
  }
});
