/**
 * The secret key that this tab works with: kept until the tab is closed, and sent as a header only.
 *
 * The demo prints an address with the key behind a `#`, which browsers send to no server; it is taken from there at once,
 * so that neither the address bar nor the history keeps it.
 */
const FRAGMENT = /^#key=([\w.-]+)$/;

/** Where the key lies: several projects share a host, each with an admin view and a key of its own. */
const place = (): string => `millstream.admin.key ${new URL(document.baseURI).pathname}`;

const listeners = new Set<() => void>();

export function takeKeyFromAddress(): void {
  const found = FRAGMENT.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (found !== undefined) keepKey(found);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(place(), key);
  listeners.forEach((listener) => listener());
}

export function forgetKey(): void {
  sessionStorage.removeItem(place());
  listeners.forEach((listener) => listener());
}

export function currentKey(): string | null {
  return sessionStorage.getItem(place());
}

export function onKeyChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
