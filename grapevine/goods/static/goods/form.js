// The form of goods: says what is not saved yet, and adds rows. All of it works without.
(() => {
  const form = document.getElementById("goods-form");
  const said = form?.querySelector("[data-said]");
  if (!form || !said) return;
  const text = document.currentScript?.dataset.text || document.querySelector("script[data-text]")?.dataset.text || "";
  let dirty = form.hasAttribute("data-dirty");
  const mark = () => {
    if (dirty) return;
    dirty = true;
    form.setAttribute("data-dirty", "");
    said.textContent = text;
  };
  form.addEventListener("input", mark);
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  const more = form.querySelector("[data-more]");
  const rows = form.querySelector("[data-rows]");
  if (!more || !rows) return;
  more.hidden = false;
  more.addEventListener("click", () => {
    const last = rows.lastElementChild;
    const row = last.cloneNode(true);
    row.querySelectorAll("input").forEach((field) => {
      if (field.type === "checkbox") field.closest("label").replaceChildren();
      else { field.value = ""; field.readOnly = false; field.removeAttribute("aria-invalid"); field.removeAttribute("id"); }
    });
    row.querySelectorAll(".err").forEach((one) => one.remove());
    row.querySelectorAll(".bad").forEach((one) => one.classList.remove("bad"));
    rows.append(row);
    row.querySelector("[name=option]").focus();
    mark();
  });
})();
