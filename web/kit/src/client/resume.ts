/**
 * Lets channels of supabase-js go on where a lost connection left them: nothing missed, nothing loaded again.
 *
 * A join carries the last position seen (`config.resume`, which other servers ignore). Millstream replays what came
 * after it and says `resumed`; when its history does not reach so far it says `reload`, and the rows must be fetched.
 * The replies to heartbeats move the position on while nothing changes, so that a quiet channel never gets too old.
 * For plain supabase-js use `createResumableClient`; the kit's own client does the same through `ChannelMemories`.
 */
import { type RealtimeChannel, SupabaseClient, type SupabaseClientOptions } from "@supabase/supabase-js";
import { comparePositions, formatLsn, parseLsn, type Position } from "./position";

/** `started`: the first join, or the server does not resume. After `reload` and `started`, rows must be fetched. */
export type JoinOutcome = "started" | "resumed" | "reload";

export interface MemoryListener {
  /** Asked before each join: whether everything told so far was kept. Without an answer it was. */
  mayResume?(): boolean;
  /** What was missed before a resumed join has been told. */
  caughtUp?(): void;
}

/** What a channel knows of its own past. */
export interface ChannelMemory {
  /** What the server made of the newest join; known when the channel says SUBSCRIBED. */
  readonly outcome: JoinOutcome;
  /** The last position seen; null before the first join. */
  readonly position: Position | null;
  detach(): void;
}

export interface Message {
  readonly topic: string;
  readonly event: string;
  readonly join_ref?: string | null;
  readonly payload: {
    readonly code?: unknown;
    readonly data?: { readonly lsn?: unknown; readonly index?: unknown };
    readonly response?: { readonly postgres_changes?: unknown; readonly resume?: Answer } & HeartbeatAnswer;
  };
}

/** How far the log was told to the channels of these joins: in the reply to a heartbeat, behind all it speaks of. */
interface HeartbeatAnswer {
  readonly log?: unknown;
  readonly lsn?: unknown;
  readonly joins?: unknown;
}

interface Answer {
  readonly status?: unknown;
  readonly log?: unknown;
  readonly lsn?: unknown;
  readonly index?: unknown;
}

interface Seen {
  readonly log?: string;
  readonly lsn?: string;
  readonly index?: number;
}

/** The index that a position of a whole transaction has: after all of its changes. */
const WHOLE = Number.MAX_SAFE_INTEGER;
const HEARTBEATS = "phoenix";
const OUTCOMES: readonly unknown[] = ["started", "resumed", "reload"] satisfies JoinOutcome[];

/** The memories of one client's channels, by topic. */
export class ChannelMemories {
  readonly #memories = new Map<string, Memory>();

  /** Remember for this channel from now on; call it before `subscribe`. */
  attach(channel: RealtimeChannel, listener: MemoryListener = {}): ChannelMemory {
    const memory = new Memory(listener, () => {
      if (this.#memories.get(channel.topic) === memory) this.#memories.delete(channel.topic);
    });
    this.#memories.set(channel.topic, memory);
    const update = channel.updateJoinPayload.bind(channel);
    channel.updateJoinPayload = (payload: { readonly config?: object }) => {
      update(payload.config ? { ...payload, config: memory.addTo(payload.config) } : payload);
    };
    return memory;
  }

  /** Learn from a message: from an answer before it is delivered, from a change when that was taken up. */
  during(message: Message, deliver: () => void): void {
    if (message.topic === HEARTBEATS) this.#memories.forEach((each) => each.told(message.payload.response ?? {}));
    const memory = this.#memories.get(message.topic);
    memory?.before(message);
    deliver();
    memory?.after(message);
  }
}

class Memory implements ChannelMemory {
  readonly #listener: MemoryListener;
  readonly detach: () => void;
  #log: string | null = null;
  #position: Position | null = null;
  #outcome: JoinOutcome = "started";
  #joinRef: string | null = null;

  constructor(listener: MemoryListener, detach: () => void) {
    this.#listener = listener;
    this.detach = detach;
  }

  get outcome(): JoinOutcome {
    return this.#outcome;
  }

  get position(): Position | null {
    return this.#position;
  }

  /** Return the join's config with the position, read anew for each join. */
  addTo(config: object): object {
    const seen = (): Seen => this.#seen();
    return {
      ...config,
      get resume() {
        return seen();
      },
    };
  }

  before({ event, join_ref, payload: { response } }: Message): void {
    if (event !== "phx_reply" || response?.postgres_changes === undefined) return;
    this.#joinRef = join_ref ?? null;
    this.#joined(response.resume ?? {});
  }

  /** Move on to what a heartbeat's reply says, if it speaks of this very join. */
  told({ log, lsn, joins }: HeartbeatAnswer): void {
    const parsed = parseLsn(lsn);
    if (parsed === null || this.#position === null || log !== this.#log) return;
    if (this.#joinRef === null || !Array.isArray(joins) || !joins.includes(this.#joinRef)) return;
    const reached = { lsn: parsed, index: WHOLE };
    if (comparePositions(reached, this.#position) > 0) this.#position = reached;
  }

  after(message: Message): void {
    this.#position = positionOf(message) ?? this.#position;
    if (message.event === "system" && message.payload.code === "resumed") this.#listener.caughtUp?.();
  }

  #joined({ status, log, lsn, index }: Answer): void {
    this.#outcome = OUTCOMES.includes(status) ? (status as JoinOutcome) : "started";
    if (this.#outcome === "resumed") return;
    const parsed = parseLsn(lsn);
    this.#log = typeof log === "string" ? log : null;
    this.#position = parsed === null ? null : { lsn: parsed, index: typeof index === "number" ? index : WHOLE };
  }

  #seen(): Seen {
    if (this.#log === null || this.#position === null || this.#listener.mayResume?.() === false) return {};
    const { lsn, index } = this.#position;
    return { log: this.#log, lsn: formatLsn(lsn), ...(index === WHOLE ? {} : { index }) };
  }
}

/** Return the position of a change that is being delivered; null for any other message, and for other servers. */
export function positionOf({ event, payload }: Message): Position | null {
  if (event !== "postgres_changes") return null;
  const { lsn, index } = payload.data ?? {};
  const parsed = parseLsn(lsn);
  return parsed === null ? null : { lsn: parsed, index: typeof index === "number" ? index : 0 };
}

export interface ResumableClient<Schema> {
  readonly supabase: SupabaseClient<Schema>;
  /** Let a channel resume; call it before `subscribe`, and look at `outcome` when it says SUBSCRIBED. */
  resumable(channel: RealtimeChannel, listener?: MemoryListener): ChannelMemory;
}

/** Make an ordinary supabase-js client whose channels can resume. */
export function createResumableClient<Schema>(
  url: string,
  key: string,
  options: SupabaseClientOptions<"public"> = {},
): ResumableClient<Schema> {
  const memories = new ChannelMemories();
  const supabase: SupabaseClient = new SupabaseClient(url, key, {
    ...options,
    realtime: {
      ...options.realtime,
      decode: (raw, deliver): void => {
        supabase.realtime.serializer.decode(raw, (message: Message) => {
          memories.during(message, () => deliver(message));
        });
      },
    },
  });
  return {
    supabase: supabase as unknown as SupabaseClient<Schema>,
    resumable: (channel, listener) => memories.attach(channel, listener),
  };
}
