/* The SKU sheet goes on by itself: price, stock and what is sold out, as the server would say it. */
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-skus]")) {
    const skus = JSON.parse(form.dataset.skus);
    const say = (name) => form.querySelector(`[data-sku="${name}"]`);
    const axes = [...form.querySelectorAll("fieldset[data-axis]")];
    const fixed = (n) => form.querySelector(`input[type=hidden][name="pick-${n}"]`)?.value;
    const size = skus[0]?.parts.length || 0;
    const range = say("price").dataset.range;
    const picture = form.querySelector(".skupic");
    const cover = picture && { src: picture.src, srcset: picture.srcset };
    const picked = () => Array.from({ length: size }, (_, n) =>
      fixed(n) ?? form.querySelector(`input[name="pick-${n}"]:checked`)?.value ?? null);
    const fits = (sku, picks, except) => picks.every((want, n) => n === except || want === null || sku.parts[n] === want);
    const refresh = () => {
      const picks = picked();
      for (const input of form.querySelectorAll(".opt input")) {
        const n = Number(input.name.slice(5));
        const own = skus.filter((sku) => sku.parts[n] === input.value && fits(sku, picks, n));
        const state = own.some((sku) => sku.free > 0) ? "free" : own.length ? "out" : "none";
        const label = input.closest(".opt");
        label.classList.toggle("out", state !== "free");
        const word = label.querySelector("small");
        word.textContent = state === "free" ? "" : word.dataset[state];
      }
      const missing = axes.filter((axis) => !axis.querySelector(":checked")).map((axis) => axis.dataset.axis);
      const sku = missing.length ? null : skus.find((one) => fits(one, picks));
      say("said").textContent = missing.length ? `${form.dataset.choose} ${missing.join(" · ")}`
        : axes.length ? `${form.dataset.picked} ${picks.filter(Boolean).join(" / ")}` : "";
      const state = say("state");
      state.classList.toggle("err", !missing.length && !sku?.free);
      state.classList.toggle("muted", Boolean(missing.length || sku?.free));
      state.textContent = missing.length ? "" : !sku ? form.dataset.none : sku.free ? form.dataset.stock.replace("{n}", sku.free) : form.dataset.out;
      const price = sku ? sku.price : range;
      if (say("price").textContent !== price) say("price").textContent = price;
      if (sku) {
        const count = form.elements.count;
        const limit = Number(form.dataset.limit) || 999;
        count.max = Math.max(1, Math.min(sku.free || 1, limit, 999));
        if (Number(count.value) > Number(count.max)) count.value = count.max;
      }
      const shown = sku?.picture || skus.find((one) => one.picture && fits(one, picks))?.picture;
      if (picture && shown && picks.some(Boolean)) { picture.removeAttribute("srcset"); picture.src = shown; }
      else if (picture && !shown) { picture.srcset = cover.srcset; picture.src = cover.src; }
    };
    form.addEventListener("change", refresh);
    refresh();
  }
})();
