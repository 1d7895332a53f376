// Service worker: the page itself without a network. Forms and answers are not its business; they are kept sealed.

const SCOPE = self.registration.scope;
const FAMILY = `xiangli-forms ${SCOPE} `;
const CACHE = `${FAMILY}{{version}}`;
const FILES = JSON.parse(`{{files}}`);

self.addEventListener("install", (event) => {
  const fresh = FILES.map((name) => new Request(new URL(name, SCOPE), { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(FAMILY) && name !== CACHE;
  const swept = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(swept.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(SCOPE)) return;
  const kept = caches.match(event.request, { cacheName: CACHE, ignoreSearch: true });
  event.respondWith(kept.then((found) => found ?? fetch(event.request)));
});
