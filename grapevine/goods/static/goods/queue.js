// A queue by keyboard: J and K move, A passes, R goes to the reason. Nothing while somebody writes.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("[data-queue-row]")];
  const isWriting = (target) => target.closest("input, select, textarea, [contenteditable]");
  const at = () => rows.indexOf(document.activeElement?.closest("[data-queue-row]"));
  const go = (step) => rows[Math.min(rows.length - 1, Math.max(0, at() + step))]?.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j") go(1);
    if (key === "k") go(at() < 0 ? 1 : -1);
    if (key !== "a" && key !== "r") return;
    const way = rows[at()]?.querySelector(`[data-queue-key="${key}"]`);
    if (!way) return;
    event.preventDefault();
    if (key === "a") way.click();
    else way.focus();
  });
})();
