/**
 * Remembers what somebody does on a page and writes it down in batches.
 *
 * A batch goes out every five seconds, at once when more than fifty wait, and when the page is hidden or left. What
 * could not be written waits for the next time, ahead of what came since; beyond a thousand the oldest are given up,
 * because a page that is never heard must not grow for ever.
 *
 * Life cycle: `start` begins the rhythm and watches the page, `stop` writes the rest.
 */
export interface Interaction {
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
  readonly session_id: string;
  readonly user_id: string | null;
  readonly page_url: string;
  readonly user_agent: string;
}

export interface TrackerOptions {
  readonly send: (interactions: readonly Interaction[]) => Promise<void>;
  /** This visit of this browser, whoever is signed in. */
  readonly sessionId: () => string;
  readonly userId: () => string | null;
  readonly flushIntervalMs?: number;
  readonly page?: Pick<Document, "addEventListener" | "removeEventListener" | "visibilityState">;
}

const FLUSH_INTERVAL_MS = 5_000;
const MOST_WAITING = 50;
const MOST_KEPT = 1_000;
/** Browsers send 64 KiB after a page has ended, no more. */
const BATCH = 50;

export class InteractionTracker {
  readonly #options: TrackerOptions;
  #waiting: Interaction[] = [];
  #sending: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  start(): void {
    const { flushIntervalMs = FLUSH_INTERVAL_MS, page = document } = this.#options;
    this.#timer ??= setInterval(() => void this.flush(), flushIntervalMs);
    page.addEventListener("visibilitychange", this.#hidden);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    (this.#options.page ?? document).removeEventListener("visibilitychange", this.#hidden);
    void this.flush();
  }

  track(action: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#waiting.push({
      action,
      data,
      timestamp: new Date().toISOString(),
      session_id: this.#options.sessionId(),
      user_id: this.#options.userId(),
      page_url: location.href,
      user_agent: navigator.userAgent,
    });
    if (this.#waiting.length > MOST_WAITING) void this.flush();
  }

  /** Write what waits; one request at a time. Never rejects: what failed waits for the next time. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.#options.send(batch);
      } catch {
        this.#waiting = [...batch, ...this.#waiting].slice(-MOST_KEPT);
        return;
      }
    }
  }

  readonly #hidden = (): void => {
    if ((this.#options.page ?? document).visibilityState === "hidden") void this.flush();
  };
}

/** Return the name of this visit: kept until the tab is closed, or for this page alone where nothing may be kept. */
export function visitId(): string {
  const name = "millstream.visit";
  try {
    const known = sessionStorage.getItem(name) ?? unkept;
    sessionStorage.setItem(name, known);
    return known;
  } catch {
    return unkept;
  }
}

// Not randomUUID, which browsers offer on encrypted pages alone.
const unkept = crypto.getRandomValues(new Uint32Array(4)).join("-");
