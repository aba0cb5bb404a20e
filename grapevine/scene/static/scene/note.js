/* The note page: the row of page marks follows the carousel, arrow keys turn it, a double tap likes. */
"use strict";
(() => {
  const track = document.querySelector("[data-carousel]");
  if (!track) return;
  const marks = [...document.querySelectorAll(".carousel .pages i")];
  const at = () => Math.round(track.scrollLeft / (track.clientWidth || 1));
  track.addEventListener("scroll", () => marks.forEach((mark, i) => mark.classList.toggle("on", i === at())), { passive: true });
  track.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { event.preventDefault(); track.scrollTo({ left: (at() + step) * track.clientWidth, behavior: "smooth" }); }
  });
  track.addEventListener("dblclick", (event) => {
    const button = document.querySelector(".buybar form[data-toggle] [aria-pressed=false]");
    if (!event.target.closest("a") && button) button.form.requestSubmit();
  });
})();
