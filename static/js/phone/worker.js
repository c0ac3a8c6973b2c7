// The service worker: where there is no signal, a phone page opens as the one page that needs none.
// SHELL (its address) and FILES (what it consists of) are put before this text by the server.
// It keeps these and nothing else: no page with a name in it, no answer of ours.

const KEPT = `phone-${FILES.concat(SHELL).join("|").split("").reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967291, 7)}`;
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  const fill = async () => {
    const kept = await caches.open(KEPT);
    await kept.addAll(FILES);
    await kept.put(SHELL, await fetch(SHELL, { credentials: "omit", cache: "reload" }));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("phone-") && name !== KEPT);
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

/** The page from the server; without an answer in good time, the page without signal. */
async function page(request) {
  const late = new Promise((resolve, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE); });
  try {
    return await Promise.race([fetch(request), late]);
  } catch (error) {
    return (await caches.match(SHELL)) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
