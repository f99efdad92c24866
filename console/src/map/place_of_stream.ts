/** How many maps of one browser may follow live tracks: each holds one of the six connections that a browser opens to a node. */

export const MAPS_MAX = 3; // with one stream of events and one of a call, that leaves a connection to ask by
const HIDDEN_MS = 10_000; // a map that nobody sees gives its place to another

/**
 * Wait for a place of the browser's few; gives what leaves it.
 *
 * Where the browser cannot count (no Web Locks), there is always one.
 */
export function takePlace(ended: AbortSignal): Promise<() => void> {
  if (!('locks' in navigator)) return Promise.resolve(() => undefined);
  return new Promise((taken, failed) => {
    const rest = new AbortController();
    let have = false;
    ended.addEventListener('abort', () => { rest.abort(); failed(new DOMException('ended', 'AbortError')); }, {once: true});
    for (let place = 1; place <= MAPS_MAX; place++) {
      navigator.locks.request(`comity-tracks ${place}`, {signal: rest.signal}, () => {
        if (have || ended.aborted) return undefined; // two came free at once
        have = true;
        rest.abort();
        return new Promise<void>((leave) => taken(leave));
      }).catch(() => undefined);
    }
  });
}

/** Returns once the page can be seen. */
export function seen(ended: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => {
    const look = (): void => {
      if (document.hidden && !ended.aborted) return;
      document.removeEventListener('visibilitychange', look);
      done();
    };
    document.addEventListener('visibilitychange', look);
    ended.addEventListener('abort', look, {once: true});
  });
}

/** Calls `then` once nobody has seen the page for a while; gives what stops looking. */
export function whenUnseen(then: () => void): () => void {
  let timer = 0;
  const look = (): void => {
    window.clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(then, HIDDEN_MS);
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
