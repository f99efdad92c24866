/** Keeps the console's own files, so that it opens while the node is away. It keeps no answer of the API. */

declare const VERSION: string;
declare const OFFLINE: string[];

interface Waits extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Asks extends Waits {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker extends EventTarget {
  skipWaiting(): Promise<void>;
  readonly clients: {claim(): Promise<void>};
}

const worker = self as unknown as Worker;
const NAME = `comity-console-${VERSION}`;
const PAGE = '/console/';
const NODE_WAITS_MS = 3_000; // a node that does not give its page within this is treated as away

worker.addEventListener('install', (event) => {
  (event as Waits).waitUntil(
    caches.open(NAME).then((cache) => cache.addAll([PAGE, '/console/app/manifest.webmanifest', ...OFFLINE])).then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  (event as Waits).waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((each) => each.startsWith('comity-console-') && each !== NAME).map((each) => caches.delete(each))))
      .then(() => worker.clients.claim()),
  );
});

async function page(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  try {
    const fresh = await fetch(request, {signal: AbortSignal.timeout(NODE_WAITS_MS)});
    if (fresh.ok) return fresh;
  } catch {
    // the node is away
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

async function file(request: Request): Promise<Response> {
  const kept = await (await caches.open(NAME)).match(request);
  return kept ?? fetch(request);
}

worker.addEventListener('fetch', (event) => {
  const asked = event as Asks;
  const url = new URL(asked.request.url);
  if (url.origin !== location.origin || asked.request.method !== 'GET') return;
  if (url.pathname === PAGE && asked.request.mode === 'navigate') asked.respondWith(page(asked.request));
  else if (url.pathname.startsWith('/console/app/')) asked.respondWith(file(asked.request));
});

export {};
