/**
 * The service worker of an installable portal; `definePortal` writes the list of files and their digest in its place.
 *
 * It keeps the portal's own files and nothing else: what the server's APIs answer never comes from here, so that no page
 * shows old data without knowing it. A page is asked of the server first; without a network the kept shell starts.
 * A new version waits until no page of the old one is open.
 *
 * It also shows what the server has to tell somebody who turned that on, while no page is open.
 */
const VERSION = "__VERSION__";
const FILES = __FILES__;

const scope = new URL(self.registration.scope);
/** Several applications share an origin, and with it the caches. */
const OWN = `shell of ${scope.pathname} `;
const CACHE = OWN + VERSION;
/** Asked of the server each time: which version it is, and which project. */
const FRESH = ["", "config.json"];

self.addEventListener("install", (event) => {
  const files = [...FRESH, ...FILES].map((file) => new Request(new URL(file, scope), { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldVersions().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const file = request.url.startsWith(scope.href) ? request.url.slice(scope.href.length) : null;
  if (request.method !== "GET" || file === null) return;
  if (request.mode === "navigate") event.respondWith(freshOrKept(request, scope.href));
  else if (FRESH.includes(file)) event.respondWith(freshOrKept(request, request.url));
  else if (file.startsWith("assets/") || FILES.includes(file)) event.respondWith(keptOrFetched(request));
});

/** A browser wants something to be shown for each message; the same notification, sent again, is shown once. */
self.addEventListener("push", (event) => {
  const { id, title, body, link } = told(event.data);
  const icon = new URL("icon-192.png", scope).href;
  event.waitUntil(self.registration.showNotification(title, { body, tag: id, icon, data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(pageOf(event.notification.data?.link)));
});

function told(data) {
  try {
    const { id, title, body, link } = data.json();
    if (typeof title === "string") return { id, title, body, link };
  } catch {
    // Nothing that this version understands.
  }
  return { id: "unknown", title: "There is something new", body: "", link: null };
}

/** Links are paths of the portal; whatever leads out of it leads to its first page. */
function pageOf(link) {
  const page = typeof link === "string" ? new URL(`.${link}`, scope) : scope;
  return page.href.startsWith(scope.href) ? page.href : scope.href;
}

/** A page that shows something else stays as it is: somebody may be writing there. */
async function show(page) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find(({ url }) => url === page);
  return open ? open.focus() : self.clients.openWindow(page);
}

async function forgetOldVersions() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
}

async function freshOrKept(request, kept) {
  try {
    return await fetch(request);
  } catch (unreachable) {
    const cache = await caches.open(CACHE);
    const answer = await cache.match(kept);
    if (answer) return answer;
    throw unreachable;
  }
}

/** Files with a hash in their name never change: fonts and pictures are kept when they are first used. */
async function keptOrFetched(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
