/**
 * Makes the one client of a page from the page's own address and the project's publishable key.
 *
 * Sessions are kept under a key of the project: several projects share a host, and supabase-js would derive one key
 * from the host name for all of them.
 */
import { SupabaseClient } from "@supabase/supabase-js";
import { Answers } from "./answers";
import { LeavingTopics } from "./changes";
import type { ProjectConfig } from "./config";
import { projectUrl } from "./config";
import type { Position } from "./position";
import { ChannelMemories, type Message, positionOf } from "./resume";
import { observedWebSocket, type SocketListener } from "./socket";
import { sessionKey } from "./storedSession";

const HEARTBEAT_MS = 15_000;
/** Attempts that follow a lost connection quickly; afterwards the page says "offline" and tries more rarely. */
const FAST_ATTEMPTS_MS = [200, 500, 1_000, 2_000, 4_000] as const;
export const FAST_ATTEMPTS: number = FAST_ATTEMPTS_MS.length;
const SLOW_ATTEMPT_MS = 10_000;

export interface ProjectClient {
  readonly config: ProjectConfig;
  /** Where the project is served, with a slash at the end. */
  readonly url: URL;
  readonly supabase: SupabaseClient;
  readonly leaving: LeavingTopics;
  /** How far each channel has seen the log, for the joins that follow. */
  readonly memories: ChannelMemories;
  /** The log position of the change whose listener is running now; null where the server sends none. */
  positionBeingDelivered(): Position | null;
  /** The log position of the answer to the request made with this signal; null where the server sends none. */
  positionOfAnswer(signal: AbortSignal): Position | null;
  /** The server's time in milliseconds: what deadlines are counted down by. */
  now(): number;
  /** Hear what the socket does; returns the function that stops it. */
  watchSocket(listener: SocketListener): () => void;
  /** Drop the connection, if any, and connect at once instead of waiting for the next attempt. */
  reconnect(): Promise<void>;
}

/** Connect lazily: no request is made and no socket opened before something asks for it. */
export function createProjectClient(config: ProjectConfig, url: URL = projectUrl()): ProjectClient {
  const listeners = new Set<SocketListener>();
  const answers = new Answers();
  const memories = new ChannelMemories();
  let delivered: Position | null = null;
  const supabase: SupabaseClient = new SupabaseClient(url.href, config.anonKey, {
    global: { fetch: answers.fetch },
    // With PKCE a link of a mail or of a provider signs in only the browser that asked for it (RFC 9700 section 2.1.1).
    auth: { storageKey: sessionKey(config.name), detectSessionInUrl: false, flowType: "pkce" },
    realtime: {
      heartbeatIntervalMs: HEARTBEAT_MS,
      reconnectAfterMs: (attempt: number) => reconnectDelayMs(attempt),
      transport: observedWebSocket((event) => listeners.forEach((listener) => listener(event))),
      decode: (raw, deliver): void => {
        supabase.realtime.serializer.decode(raw, (message: Message) => {
          delivered = positionOf(message);
          memories.during(message, () => deliver(message));
          delivered = null;
        });
      },
    },
  });
  return {
    config,
    url,
    supabase,
    leaving: new LeavingTopics(),
    memories,
    positionBeingDelivered: () => delivered,
    positionOfAnswer: (signal) => answers.positionOf(signal),
    now: () => answers.now(),
    watchSocket(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async reconnect() {
      await supabase.realtime.disconnect();
      supabase.realtime.connect();
    },
  };
}

/** Return the project's client with the types of its tables, which the application knows and the kit does not. */
export function database<Schema>(client: ProjectClient): SupabaseClient<Schema> {
  return client.supabase as unknown as SupabaseClient<Schema>;
}

/** Spread the attempts of many pages over time, so that a restarted server is not met by all of them at once. */
export function reconnectDelayMs(attempt: number, fastAttempts = FAST_ATTEMPTS): number {
  const fast = FAST_ATTEMPTS_MS[attempt - 1] ?? Math.max(...FAST_ATTEMPTS_MS);
  const delay = attempt <= fastAttempts ? fast : SLOW_ATTEMPT_MS;
  return Math.round(delay * (0.75 + Math.random() / 2));
}
