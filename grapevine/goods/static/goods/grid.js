/* A table that is typed in: arrows up and down and Enter go to the same column of the next row; leaving with
   unsaved changes asks. The form works without any of this. */
"use strict";
(() => {
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const form = grid.closest("form");
  const step = (field, by) => {
    const cell = field.closest("td");
    const column = [...cell.parentElement.children].indexOf(cell);
    let row = cell.parentElement;
    do {
      row = by > 0 ? row.nextElementSibling : row.previousElementSibling;
    } while (row && !row.children[column]?.querySelector(".input"));
    const next = row?.children[column].querySelector(".input");
    next?.focus();
    next?.select();
    return Boolean(next);
  };
  grid.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches(".input") || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!by || (field.list && event.key !== "Enter")) return;
    if (step(field, by) || event.key === "Enter") event.preventDefault();
  });
  let changed = false;
  form.addEventListener("input", (event) => {
    changed = true;
    event.target.closest("td")?.classList.add("edited");
  });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
