/**
 * Opens a channel for row changes and tells a listener three things: changes flow now, changes stopped, this changed.
 *
 * The library rejoins by itself after a lost connection; `joined` is then called again. Changes of one feed arrive in
 * commit order. A channel that is still leaving is waited for before its topic is opened again, because the library
 * would hand out the leaving channel, which never joins.
 */
import { REALTIME_SUBSCRIBE_STATES, type RealtimePostgresChangesPayload } from "@supabase/supabase-js";
import type { Position } from "./position";
import type { ProjectClient } from "./project";
import type { JoinOutcome } from "./resume";

export type RowEvent = "INSERT" | "UPDATE" | "DELETE";

export interface Binding {
  readonly event: RowEvent | "*";
  readonly schema: string;
  readonly table: string;
  readonly filter?: string;
  /** Hear of rows that an update takes out of the filter or out of sight, as deletions. */
  readonly leave?: boolean;
}

export interface RowChange<Row> {
  readonly event: RowEvent;
  /** The row after INSERT and UPDATE; columns that the log left out are missing. */
  readonly row: Partial<Row>;
  /** The row before UPDATE and DELETE, as far as the server knows it. */
  readonly before: Partial<Row>;
  readonly position: Position | null;
}

export interface FeedListener<Row> {
  /** Whether everything that was told so far is kept, so that the next join may go on from there. */
  mayResume?(): boolean;
  /** Changes flow from now on. Unless the feed is `resumed`, some may have been missed. */
  joined(outcome: JoinOutcome): void;
  /** What was missed before a resumed join has been told. */
  caughtUp?(): void;
  interrupted(reason: string): void;
  changed(change: RowChange<Row>): void;
}

/** Open a feed; the returned function closes it and is safe to call twice. */
export type OpenFeed<Row> = (listener: FeedListener<Row>) => () => void;

type Values = Record<string, unknown>;

/** Return a feed of the bindings' changes over the channel `topic`. Every open feed needs a topic of its own. */
export function rowFeed<Row>(client: ProjectClient, topic: string, bindings: readonly Binding[]): OpenFeed<Row> {
  return (listener) => {
    let closed = false;
    let leave = (): void => undefined;
    void client.leaving.of(topic).then(() => {
      if (!closed) leave = join(client, topic, bindings, listener);
    });
    return () => {
      closed = true;
      leave();
    };
  };
}

function join<Row>(
  client: ProjectClient,
  topic: string,
  bindings: readonly Binding[],
  listener: FeedListener<Row>,
): () => void {
  const channel = client.supabase.channel(topic);
  for (const binding of bindings) {
    channel.on<Values>("postgres_changes", binding as Binding & { event: "*" }, (payload) => {
      listener.changed(toRowChange<Row>(payload, client.positionBeingDelivered()));
    });
  }
  const memory = client.memories.attach(channel, {
    mayResume: () => listener.mayResume?.() ?? false,
    caughtUp: () => listener.caughtUp?.(),
  });
  channel.subscribe((status, error) => {
    if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) listener.joined(memory.outcome);
    else listener.interrupted(error?.message ?? status);
  });
  let left = false;
  return () => {
    if (left) return;
    left = true;
    memory.detach();
    client.leaving.add(topic, client.supabase.removeChannel(channel));
  };
}

function toRowChange<Row>(payload: RealtimePostgresChangesPayload<Values>, position: Position | null): RowChange<Row> {
  return {
    event: payload.eventType,
    row: payload.new as Partial<Row>,
    before: payload.old as Partial<Row>,
    position,
  };
}

/** Topics that are being left, each with the promise of its end. */
export class LeavingTopics {
  readonly #ends = new Map<string, Promise<unknown>>();

  add(topic: string, end: Promise<unknown>): void {
    const settled = end
      .catch(() => undefined)
      .finally(() => {
        if (this.#ends.get(topic) === settled) this.#ends.delete(topic);
      });
    this.#ends.set(topic, settled);
  }

  of(topic: string): Promise<unknown> {
    return this.#ends.get(topic) ?? Promise.resolve();
  }
}
