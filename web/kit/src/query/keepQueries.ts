/**
 * Keeps what a page has loaded in the browser, so that it can be shown without a network: as it was then, and saying so.
 *
 * Each answer is kept by itself, since several pages of a browser keep at once. It belongs to whoever was signed in: when
 * that changes all is forgotten, and of what was loaded before nothing is kept again. A browser that refuses to keep
 * anything is one that has kept nothing.
 */
import { dehydrate, type DehydratedState, hydrate, type Query, type QueryClient } from "@tanstack/react-query";
import { clear, createStore, delMany, entries, setMany, type UseStore } from "idb-keyval";
import { type ProjectClient, storedSession, watchSession } from "../client";
import { KEPT_MS } from "./queryClient";

const EVERY_MS = 2_000;
const MOST = 200;

type Answer = DehydratedState["queries"][number];

interface Kept {
  /** The person's id, null for somebody who was not signed in. */
  readonly owner: string | null;
  readonly answer: Answer;
}

/** Restore what was kept, and keep what is loaded from now on. Returns from when the newest of it is. */
export async function keepQueries(queryClient: QueryClient, client: ProjectClient): Promise<Date | null> {
  const store = createStore(`millstream.${client.config.name}`, "answers");
  let owner = storedSession(client.config.name)?.user.id ?? null;
  let since = 0;
  const restored = await restore(store, owner);
  hydrate(queryClient, { mutations: [], queries: restored });

  const fresh = new Set<string>();
  const keep = (): void => {
    const { queries } = dehydrate(queryClient, {
      shouldDehydrateQuery: (query) => isKept(query) && fresh.has(query.queryHash),
    });
    fresh.clear();
    const kept = queries.map((answer): [string, Kept] => [answer.queryHash, { owner, answer }]);
    setMany(kept, store).catch(() => undefined);
  };
  const isKept = ({ state }: Query): boolean => state.status === "success" && state.dataUpdatedAt >= since;
  const keepSoon = throttled(keep);
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success") return;
    fresh.add((event.query as Query).queryHash);
    keepSoon();
  });
  watchSession(client, (session) => {
    const person = session?.user.id ?? null;
    if (person === owner) return;
    owner = person;
    since = Date.now();
    clear(store).catch(() => undefined);
  });
  const [newest] = restored;
  return newest ? new Date(newest.state.dataUpdatedAt) : null;
}

/** Return what was kept of this person, the newest first, and forget everything else. */
async function restore(store: UseStore, owner: string | null): Promise<Answer[]> {
  try {
    const young = Date.now() - KEPT_MS;
    const all = await entries<string, Kept>(store);
    const fit = all
      .filter(([, kept]) => kept.owner === owner && kept.answer.state.dataUpdatedAt > young)
      .toSorted(([, one], [, other]) => other.answer.state.dataUpdatedAt - one.answer.state.dataUpdatedAt)
      .slice(0, MOST);
    const names = new Set(fit.map(([name]) => name));
    await delMany(
      all.map(([name]) => name).filter((name) => !names.has(name)),
      store,
    );
    return fit.map(([, { answer }]) => answer);
  } catch {
    return [];
  }
}

/** Return a function that does the work once for many calls, and at once when the page is left. */
function throttled(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    clearTimeout(timer);
    if (timer !== undefined) work();
    timer = undefined;
  };
  globalThis.addEventListener("pagehide", now);
  return () => (timer ??= setTimeout(now, EVERY_MS));
}
