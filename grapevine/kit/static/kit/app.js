/* Grapevine: what pages do beyond plain HTML. No page needs it to work; nothing here is inlined.
   1 words · 2 behaviour log · 3 time left · 4 likes · 5 sheets and pickers · 6 small helpers
   7 live updates · 8 waterfall · 9 start */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  const html = document.documentElement;
  const cookie = (name) =>
    document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || "";
  const keep = (name, value) => { document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`; };

  /* ---- 1. Words: a toast says one thing and goes ---- */
  const toasts = $("#toasts");
  const say = (text, kind = "") => {
    if (!toasts || !text) return;
    const line = document.createElement("p");
    line.className = `toast ${kind}`;
    line.textContent = text;
    toasts.append(line);
    setTimeout(() => line.remove(), 4500);
  };
  const word = (name) => toasts?.dataset[name] || "";

  /* ---- 2. Behaviour log: view, impression, click, dwell, batched by sendBeacon ---- */
  const sent = new Set();
  let queue = [];
  /* What is kept only with consent is not even sent without it; the server would refuse it. */
  const recognised = !navigator.globalPrivacyControl && cookie("gv_consent") !== "none";
  const PERSONAL = new Set(["impression", "dwell", "search"]);
  const random = () => crypto.randomUUID?.() || Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
  let visit = "";
  if (recognised) {
    try { visit = sessionStorage.visit ||= random(); } catch { /* storage is off: no visit then */ }
  }
  const flush = () => {
    if (!queue.length) return;
    const events = queue.splice(0, 100);
    const data = JSON.stringify({ events, sent_at: new Date().toISOString() });
    if (!navigator.sendBeacon?.("/api/v1/events", data)) {
      fetch("/api/v1/events", { method: "POST", body: data, keepalive: true }).catch(() => {});
    }
    if (queue.length) flush();
  };
  const split = (name) => { const at = name.indexOf(":"); return [name.slice(0, at), name.slice(at + 1)]; };
  const near = (element, name) => element.closest?.(`[data-${name}]`)?.dataset[name] || body.dataset[name] || "";
  const record = (verb, name, element, more = {}) => {
    if (!recognised && PERSONAL.has(verb)) return;
    const [object_type, object_id] = split(name);
    queue.push({
      id: random(), session_id: visit, ts: new Date().toISOString(), verb, object_type, object_id,
      shop_id: near(element, "shop"), surface: near(element, "surface"), position: near(element, "position"),
      request_id: near(element, "request"), propensity: Number(near(element, "propensity")) || null, from: new URLSearchParams(location.search).get("from") || "", ...more,
    });
    if (queue.length >= 20) flush();
  };
  const timers = new Map();
  const eyes = "IntersectionObserver" in window && new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, intersectionRatio } of entries) {
      if (isIntersecting && intersectionRatio >= 0.5) {
        if (timers.has(target)) continue;
        timers.set(target, setTimeout(() => {
          eyes.unobserve(target);
          const key = near(target, "request") + target.dataset.see;
          if (sent.has(key)) return;
          sent.add(key);
          record("impression", target.dataset.see, target);
        }, 1000));
      } else {
        clearTimeout(timers.get(target));
        timers.delete(target);
      }
    }
  }, { threshold: 0.5 });
  let arrived = Date.now();
  const leave = () => {
    const name = body.dataset.view;
    const seconds = Math.round((Date.now() - arrived) / 1000);
    if (name && arrived && seconds >= 1) record("dwell", name, body, { position: Math.min(seconds, 3600) });
    arrived = 0;
    flush();
  };
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => { arrived = arrived || Date.now(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave(); else arrived = arrived || Date.now();
  });
  setInterval(flush, 5000);

  /* ---- 3. Time left: the exact end stands beside it, so this is never announced ---- */
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    for (const clock of $$("[data-countdown]")) {
      const left = Math.floor((Date.parse(clock.dataset.countdown) - Date.now()) / 1000);
      if (left <= 0) {
        clock.textContent = clock.dataset.over || "";
        clock.removeAttribute("data-countdown");
        clock.dispatchEvent(new CustomEvent("over", { bubbles: true }));
        continue;
      }
      const days = Math.floor(left / 86400);
      const text = `${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      clock.textContent = days ? `${days} ${days === 1 && clock.dataset.day1 || clock.dataset.day} ${text}` : text;
    }
  };
  setInterval(tick, 1000);

  /* ---- 4. Likes: shown at once, taken back when the server refuses.
     <form method="post" action="…" data-toggle><input type="hidden" name="on" value="1"><button class="like" aria-pressed="false">… */
  const toggle = async (form) => {
    const button = $("[aria-pressed]", form);
    const number = $(".num", form);
    const field = $("input[name=on]", form);
    const was = { pressed: button.getAttribute("aria-pressed"), text: number?.textContent, on: field?.value };
    const on = was.pressed !== "true";
    const data = new FormData(form);
    button.setAttribute("aria-pressed", String(on));
    if (number && /^[\d,]*$/.test(was.text)) {
      number.textContent = Math.max(0, Number(was.text.replaceAll(",", "")) + (on ? 1 : -1)).toLocaleString("en-US");
    }
    if (field) field.value = on ? "0" : "1";
    for (const twin of $$("[data-say-on]", form)) twin.textContent = on ? twin.dataset.sayOn : twin.dataset.sayOff;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" }, redirect: "manual" });
      if (!(answer.ok || answer.type === "opaqueredirect")) throw new Error(String(answer.status));
    } catch {
      button.setAttribute("aria-pressed", was.pressed);
      if (number) number.textContent = was.text;
      if (field) field.value = was.on;
      for (const twin of $$("[data-say-on]", form)) twin.textContent = on ? twin.dataset.sayOff : twin.dataset.sayOn;
      say(navigator.onLine ? word("failed") : word("offline"), "error");
    }
  };

  /* ---- 5. Sheets open by :target; pickers show what the chosen option says ---- */
  const openSheet = () => $(".sheetwrap:target");
  let opener = null;
  const closeSheet = () => {
    if (opener) history.back(); else location.replace("#_");
  };
  const onHash = () => {
    const sheet = openSheet();
    if (sheet) {
      $("input:checked, input:not([type=hidden]), button, a[href]:not(.scrim)", $(".sheet", sheet) || sheet)?.focus({ preventScroll: true });
    } else if (opener) {
      opener.focus?.({ preventScroll: true });
      opener = null;
    }
  };
  addEventListener("hashchange", onHash);
  const holdFocus = (event) => {
    const sheet = openSheet();
    if (!sheet || event.key !== "Tab") return;
    const stops = $$("a[href]:not(.scrim), button, input:not([type=hidden]), select, textarea", sheet).filter((stop) => !stop.disabled && stop.offsetParent);
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last?.focus(); }
    else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first?.focus(); }
  };
  /* a radio carries data-set-NAME="text"; every [data-show="NAME"] of the page then says it */
  const show = (choice) => {
    for (const [key, value] of Object.entries(choice.dataset)) {
      if (!key.startsWith("set")) continue;
      const name = key.slice(3).toLowerCase();
      for (const place of $$(`[data-show="${name}"]`)) {
        if (place.tagName === "IMG") { place.removeAttribute("srcset"); place.src = value; }
        else if (place.tagName === "INPUT") place.value = value;
        else if (place.hasAttribute("data-flag")) place.hidden = value !== place.dataset.flag;
        else place.textContent = value;
      }
      if (name === "max") {
        const count = $("input[name=count]", choice.form);
        if (count) { count.max = value; if (Number(count.value) > Number(value)) count.value = Math.max(1, value); }
      }
    }
  };
  const step = (button) => {
    const input = $("input", button.closest(".stepper"));
    const low = Number(input.min || 1);
    const high = Number(input.max || 999);
    input.value = Math.max(low, Math.min(high, Number(input.value || low) + Number(button.dataset.step)));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /* ---- 6. Small helpers: copy, share, back, ask once, submit on change ---- */
  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const area = document.createElement("textarea");
      area.value = button.dataset.copy;
      body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(button.dataset.done || word("copied"));
  };
  const acts = {
    "[data-copy]": (target) => copy(target),
    "[data-share]": (target) => navigator.share?.({ url: target.dataset.share, title: target.dataset.title || document.title }).catch(() => {}),
    "[data-step]": (target) => step(target),
    "[data-dismiss]": (target) => target.closest(target.dataset.dismiss || ".notice")?.remove(),
    "dialog [data-shut]": (target) => target.closest("dialog").close(),
    "[data-dialog]": (target) => document.getElementById(target.dataset.dialog)?.showModal(),
  };
  document.addEventListener("click", (event) => {
    const from = event.target;
    if (!(from instanceof Element)) return;
    const tracked = from.closest("[data-track]");
    if (tracked) record("click", tracked.dataset.track, tracked);
    for (const [selector, act] of Object.entries(acts)) {
      const target = from.closest(selector);
      if (target) { event.preventDefault(); act(target); return; }
    }
    const link = from.closest("a[href^='#']");
    if (link?.hasAttribute("data-close")) { event.preventDefault(); closeSheet(); return; }
    if (link && document.getElementById(link.hash.slice(1))?.matches(".sheetwrap")) opener = link;
    const back = from.closest("[data-back]");
    if (back && document.referrer.startsWith(location.origin) && history.length > 1 && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      history.back();
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-toggle]") && body.hasAttribute("data-signed-in")) {
      event.preventDefault();
      toggle(form);
      return;
    }
    const question = event.submitter?.dataset.ask || form.dataset.ask;
    if (question && !confirm(question)) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("data-again") && !form.matches("[hx-post]")) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1"; /* a second tap does not order twice */
    }
    if (event.submitter?.value === "cart" && form.elements.goods) record("cart", `goods:${form.elements.goods.value}`, form);
  });
  addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });
  /* a console's headings stay as they were left, and Escape folds a phone's menu away */
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.(".rail [data-group]")) return;
    keep("gv_rail", $$(".rail [data-group][open]").map((one) => one.dataset.group).join("."));
  }, true);
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit]")) field.form.requestSubmit();
    if (field.type === "radio") show(field);
    if (field.matches("[data-all]")) for (const box of $$(`input[name="${field.dataset.all}"]`)) box.checked = field.checked;
    if (field.type === "checkbox") bulk();
  });
  /* a bulk bar says how many rows are picked: <div class="bulk" data-bulk="order">已选 <output></output> */
  const bulk = () => {
    for (const bar of $$("[data-bulk]")) {
      const picked = $$(`input[name="${bar.dataset.bulk}"]:checked`).length;
      bar.hidden = !picked;
      const output = $("output", bar);
      if (output) output.textContent = picked;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && openSheet()) { closeSheet(); return; }
    if (event.key === "Escape" && location.hash === "#menu") { location.hash = "#main"; $("#main").focus(); return; }
    holdFocus(event);
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.metaKey && !event.ctrlKey) {
      const search = $$("[type=search]").find((field) => field.offsetParent);
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  /* ---- 7. Live: a signed channel tells an element to fetch itself again.
     <div hx-get="…" hx-trigger="live" data-live="token">; without the live process it asks every 12 s */
  const streams = new Map();
  const listen = (element) => {
    const token = element.dataset.live;
    const wake = () => { if (document.visibilityState === "visible") window.htmx?.trigger(element, "live"); };
    let poll = 0;
    const ask = () => { poll = poll || setInterval(() => element.isConnected ? wake() : clearInterval(poll), 12000); };
    if (!body.dataset.liveUrl || !("EventSource" in window)) { ask(); return; }
    const stream = new EventSource(`${body.dataset.liveUrl}/live/?token=${encodeURIComponent(token)}`);
    let failures = 0;
    stream.onmessage = () => { if (element.isConnected) wake(); else stream.close(); };
    stream.onopen = () => { failures = 0; clearInterval(poll); poll = 0; };
    stream.onerror = () => { failures += 1; ask(); if (failures > 5) stream.close(); };
    streams.set(element, stream);
  };
  const hush = () => { for (const [element, stream] of streams) { stream.close(); streams.delete(element); } };
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => { if (event.persisted) $$("[data-live]").forEach(listen); });

  /* ---- 8. Waterfall: cards keep their reading order and go to the column that is shortest ---- */
  const elder = html.dataset.elder === "1";
  const wanted = (feed) => {
    if (elder) return 1;
    const width = feed.clientWidth || innerWidth;
    return width < 560 ? 2 : Math.max(2, Math.min(6, Math.floor(width / 220)));
  };
  const shape = (card) => {
    const [width, height] = (card.querySelector(".pic")?.style.getPropertyValue("--ar") || "1/1").split("/").map(Number);
    return (height || 1) / (width || 1);
  };
  const place = (feed, cards, heights) => {
    const columns = $$(":scope > .col", feed);
    const width = columns[0].clientWidth || 1;
    for (const card of cards) {
      const at = heights.indexOf(Math.min(...heights));
      columns[at].append(card);
      heights[at] += shape(card) * width + 104;
    }
  };
  const arrange = (feed) => {
    const count = wanted(feed);
    if (feed.id === "feed") keep("gv_cols", count);
    const columns = $$(":scope > .col", feed);
    if (columns.length === count) return;
    const cards = $$(":scope > .col > *", feed).sort((one, other) => (one.ariaPosInSet || 0) - (other.ariaPosInSet || 0));
    feed.style.setProperty("--cols", count);
    feed.replaceChildren(...Array.from({ length: count }, () => Object.assign(document.createElement("div"), { className: "col" })));
    place(feed, cards, Array(count).fill(0));
  };
  const receive = (batch) => {
    const feed = document.getElementById(batch.dataset.batch);
    if (!feed) return;
    const cards = $$(".card", batch);
    place(feed, cards, $$(":scope > .col", feed).map((column) => column.lastElementChild?.getBoundingClientRect().bottom || 0));
    batch.remove();
    feed.setAttribute("aria-busy", "false");
  };
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    $$(".waterfall").forEach(arrange);
  });

  /* ---- 9. Start, and again for every fragment htmx brings ---- */
  const once = new WeakSet();
  const wire = (root) => {
    const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...$$(selector, root)];
    for (const batch of all("[data-batch]")) receive(batch);
    for (const element of $$("[data-see]")) if (eyes && !once.has(element)) { once.add(element); eyes.observe(element); }
    for (const element of all("[data-live]")) if (!once.has(element)) { once.add(element); listen(element); }
    for (const element of all("[data-share]")) element.hidden = !navigator.share;
    for (const choice of all("input[type=radio]:checked")) show(choice);
  };
  document.addEventListener("htmx:load", (event) => wire(event.target));
  document.addEventListener("htmx:configRequest", (event) => {
    const token = cookie("csrftoken");
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    say($("[data-error] b, [data-error] h1", answer)?.textContent || word("failed"), "error");
  });
  document.addEventListener("htmx:sendError", () => say(word("offline"), "error"));
  document.addEventListener("toast", (event) => say(event.detail?.value || event.detail?.text || "", event.detail?.kind));

  if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});
  $$(".waterfall").forEach(arrange);
  wire(document);
  bulk();
  onHash();
  tick();
  if (body.dataset.view) record("view", body.dataset.view, body);
  for (const line of $$("[data-log]")) record(line.dataset.log, line.dataset.about, line);
  setTimeout(() => $$("#toasts .toast").forEach((line) => line.remove()), 6000);
})();
