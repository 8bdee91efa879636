// The backlog's desk. On the board a card is dragged to another column, or moved with [ and ]; what a move needs is asked
// in place, with the form of the page that does it without a script. In the table one box chooses all. Where weights are
// set, what would trade places is shown while they change.

const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
const said = (words) => { document.getElementById("said").textContent = words; };

const board = document.querySelector("[data-board]");
const dialog = document.getElementById("move");
if (board && dialog) {
  document.getElementById("board-hint").hidden = false;
  const columns = [...board.querySelectorAll("[data-status]")];
  const stage = (card) => card.closest("[data-status]").dataset.status;
  const moves = (card) => card.dataset.moves.split(" ").filter(Boolean);
  const cardsOf = (column) => [...column.querySelectorAll("[data-item]")];
  const focus = (card) => {
    if (!card) return;
    card.tabIndex = -1;
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const nowhere = () => said(board.dataset.nowhere);

  // Launching and reopening have pages of their own; every other move is asked for here.
  const ask = async (card, to) => {
    const item = `/backlog/${card.dataset.item}`;
    if (to === "launched") return location.assign(`${item}/launch`);
    if (stage(card) === "launched") return location.assign(`${item}/reopen`);
    const address = `${item}/move?${new URLSearchParams({ ...(to && { to }), next: board.dataset.here })}`;
    const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
    if (!answer?.ok) return location.assign(address);
    dialog.innerHTML = await answer.text();
    dialog.querySelector("a.btn--quiet")?.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("close", () => focus(card), { once: true });
    dialog.showModal();
    (dialog.querySelector("[name=to]:checked") ?? dialog.querySelector("[name=to]"))?.focus();
  };
  const step = (card, by) => {
    const order = columns.map((column) => column.dataset.status);
    const here = order.indexOf(stage(card));
    const open = order.map((one, n) => n).filter((n) => moves(card).includes(order[n]) && (by > 0 ? n > here : n < here));
    if (!open.length) return nowhere();
    ask(card, order[by > 0 ? open[0] : open.at(-1)]);
  };

  board.addEventListener("click", (event) => {
    const link = event.target.closest("[data-move]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(link.closest("[data-item]"), "");
  });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || off() || dialog.open) return;
    if (event.target.closest("input, textarea, select")) return;
    const card = event.target.closest("[data-item]");
    const all = columns.flatMap(cardsOf);
    if (!card) {
      if (event.key !== "j" && event.key !== "k") return;
      focus(all[0]);
    } else if (event.key === "]" || event.key === "[") step(card, event.key === "]" ? 1 : -1);
    else if (event.key === "m") ask(card, "");
    else if (["j", "ArrowDown"].includes(event.key)) focus(all[all.indexOf(card) + 1]);
    else if (["k", "ArrowUp"].includes(event.key)) focus(all[all.indexOf(card) - 1]);
    else if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const by = event.key === "ArrowRight" ? 1 : -1;
      const place = cardsOf(card.closest("[data-status]")).indexOf(card);
      let column = columns.indexOf(card.closest("[data-status]")) + by;
      while (columns[column] && !cardsOf(columns[column]).length) column += by;
      const there = columns[column] ? cardsOf(columns[column]) : [];
      focus(there[Math.min(place, there.length - 1)]);
    } else if (event.key === "Enter" && event.target === card) card.querySelector("a[href]").click();
    else return;
    event.preventDefault();
  });

  // A mouse or a pen drags the card itself; a finger scrolls, and uses the button.
  let drag = null;
  const mark = (column) => {
    for (const one of columns) one.classList.toggle("column--over", one === column && moves(drag.card).includes(one.dataset.status));
  };
  const end = () => {
    if (!drag) return;
    drag.card.classList.remove("item--dragged");
    drag.card.style.transform = "";
    board.classList.remove("board--dragging");
    for (const column of columns) column.classList.remove("column--open", "column--over");
    drag = null;
  };
  const columnAt = (event) => columns.find((column) => {
    const box = column.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top - 40 && event.clientY <= box.bottom + 40;
  });
  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-item]");
    if (!card || event.button || event.pointerType === "touch" || event.target.closest("[data-move]")) return;
    drag = { card, x: event.clientX, y: event.clientY, scroll: board.scrollLeft, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = event.clientX - drag.x;
    const y = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(x, y) < 6) return;
    if (!drag.moved) {
      drag.moved = true;
      drag.card.classList.add("item--dragged");
      board.classList.add("board--dragging");
      for (const column of columns) column.classList.toggle("column--open", moves(drag.card).includes(column.dataset.status));
    }
    const edge = board.getBoundingClientRect();
    if (event.clientX > edge.right - 40) board.scrollLeft += 12;
    if (event.clientX < edge.left + 40) board.scrollLeft -= 12;
    drag.card.style.transform = `translate(${x + board.scrollLeft - drag.scroll}px, ${y}px)`;
    mark(columnAt(event));
    event.preventDefault();
  });
  addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { card, moved } = drag;
    const column = moved ? columnAt(event) : null;
    end();
    if (!moved) return;
    // The click that follows a drag opens nothing.
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true), 0);
    if (!column || column === card.closest("[data-status]")) return;
    if (moves(card).includes(column.dataset.status)) ask(card, column.dataset.status);
    else nowhere();
  });
  addEventListener("pointercancel", end);
  addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  board.addEventListener("dragstart", (event) => event.preventDefault());
  for (const card of board.querySelectorAll("[data-item]")) card.tabIndex = 0;
}

const all = document.querySelector("[data-all]");
if (all) {
  const boxes = [...document.querySelectorAll("[form=chosen][name=item]")];
  all.closest("[hidden]").hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  for (const box of boxes) box.addEventListener("change", () => {
    all.checked = boxes.every((one) => one.checked);
    all.indeterminate = !all.checked && boxes.some((one) => one.checked);
  });
}

const weights = document.querySelector("[data-weights]");
if (weights) {
  let waiting = 0;
  let asked = 0;
  weights.addEventListener("input", (event) => {
    if (event.target.name === "argument") return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const body = new FormData(weights);
      body.set("look", "1");
      const answer = await fetch(location.href, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => null);
      const words = answer ? await answer.text() : "";
      if (mine !== asked || !words.includes('id="trades"')) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = words;
      document.getElementById("trades").replaceWith(fresh.content.querySelector("#trades"));
    }, 300);
  });
}
