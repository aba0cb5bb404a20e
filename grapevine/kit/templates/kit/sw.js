{% load static %}/* Keeps the house's own files and one page for when the network is gone. Pages and prices are never kept. */
"use strict";
const SHELF = "grapevine-1";
const OFFLINE = "{% url 'kit:offline' %}";
const FILES = [OFFLINE, "{% static 'kit/tokens.css' %}", "{% static 'kit/shopper.css' %}", "{% static 'kit/icons.svg' %}", "{% static 'kit/app.js' %}"];
self.addEventListener("install", (event) => {
  /* What a page says while it is being left would wait for this worker, and go with the page: it goes past it. */
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" }).catch(() => {});
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).then((answer) => {
      const copy = answer.clone();
      event.waitUntil(caches.open(SHELF).then((shelf) => shelf.put(request, copy)));
      return answer;
    }).catch(() => caches.match(request)));
  }
});
