/**
 * The one truth about the connection of a page, made from what its socket and the browser report.
 *
 * `idle`: nothing needs a connection. `connecting`: the first attempt. `live`: open. `reconnecting`: lost, and quick
 * attempts are under way. `offline`: the browser has no network, or the quick attempts failed; slow ones go on, and one
 * is made at once when the network or the reader comes back.
 *
 * Life cycle: `start` listens to the socket and the window until `stop`.
 */
import { FAST_ATTEMPTS, type ProjectClient, type SocketEvent } from "../client";
import { type Readable, Store } from "./store";

export type ConnectionPhase = "idle" | "connecting" | "live" | "reconnecting" | "offline";

export interface ConnectionStatus {
  readonly phase: ConnectionPhase;
  /** When the server was last heard; null before the first time. */
  readonly lastHeard: Date | null;
  /** Attempts since the connection was lost. */
  readonly attempts: number;
}

export interface ConnectionOptions {
  /** Quick attempts before it is offline. */
  readonly fastAttempts?: number;
  /** When the server was heard last by an earlier page, whose data this one shows at first. */
  readonly heardBefore?: Date | null;
}

export type ConnectionSource = Pick<ProjectClient, "watchSocket" | "reconnect">;

const STRANDED: readonly ConnectionPhase[] = ["reconnecting", "offline"];

/** From the best to the worst, of connections of which each is needed for something on the page. */
const SEVERITY: readonly ConnectionPhase[] = ["idle", "live", "connecting", "reconnecting", "offline"];

/** Return the status that says most about what may be old on a page with two connections. */
export function worseOf(one: ConnectionStatus, other: ConnectionStatus): ConnectionStatus {
  const [better, worse] = [one, other].toSorted((a, b) => SEVERITY.indexOf(a.phase) - SEVERITY.indexOf(b.phase));
  return worse ?? better ?? one;
}

export class Connection {
  readonly #source: ConnectionSource;
  readonly #window: EventTarget;
  readonly #fastAttempts: number;
  readonly #status = new Store<ConnectionStatus>({ phase: "idle", lastHeard: null, attempts: 0 });
  #lastHeard: Date | null = null;
  #stop: (() => void) | null = null;

  constructor(source: ConnectionSource, window: EventTarget = globalThis, options: ConnectionOptions = {}) {
    this.#source = source;
    this.#window = window;
    this.#fastAttempts = options.fastAttempts ?? FAST_ATTEMPTS;
    this.#lastHeard = options.heardBefore ?? null;
  }

  get status(): Readable<ConnectionStatus> {
    return this.#status;
  }

  start(): void {
    if (this.#stop) return;
    const unwatch = this.#source.watchSocket((event) => this.#hear(event));
    const offline = (): void => this.#set(this.#status.get().phase === "idle" ? "idle" : "offline");
    const back = (): void => {
      if (typeof document === "undefined" || !document.hidden) this.retryIfStranded();
    };
    this.#window.addEventListener("offline", offline);
    this.#window.addEventListener("online", back);
    this.#window.addEventListener("visibilitychange", back);
    this.#stop = () => {
      unwatch();
      this.#window.removeEventListener("offline", offline);
      this.#window.removeEventListener("online", back);
      this.#window.removeEventListener("visibilitychange", back);
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** Try again now. */
  retry(): void {
    this.#set("reconnecting", 0);
    void this.#source.reconnect();
  }

  retryIfStranded(): void {
    if (STRANDED.includes(this.#status.get().phase)) this.retry();
  }

  #hear(event: SocketEvent): void {
    const { phase, attempts } = this.#status.get();
    switch (event.kind) {
      case "message":
        // Remembered, not announced: a busy page hears hundreds a second.
        this.#lastHeard = new Date();
        break;
      case "open":
        this.#lastHeard = new Date();
        this.#set("live", 0);
        break;
      case "connecting":
        if (phase === "idle") this.#set("connecting");
        break;
      case "closed":
        if (event.wanted) this.#set("idle", 0);
        else this.#set(this.#isOffline() ? "offline" : "reconnecting", attempts + 1);
    }
  }

  #isOffline(): boolean {
    const { phase, attempts } = this.#status.get();
    return phase === "offline" || hasNoNetwork() || attempts >= this.#fastAttempts;
  }

  #set(phase: ConnectionPhase, attempts = this.#status.get().attempts): void {
    this.#status.set({ phase, attempts, lastHeard: this.#lastHeard });
  }
}

/** What the browser knows at once, also of a page that starts without a network. */
function hasNoNetwork(): boolean {
  const { onLine } = navigator as { readonly onLine?: boolean };
  return onLine === false;
}
