/**
 * Says few things about many events: one by one while they are few, one summary when they come thick and fast.
 *
 * Events of one key within `quietMs` become one, the last. More than `most` announcements within `windowMs` are held
 * back and become one summary at the end of the window.
 */
export interface BurstOptions {
  readonly quietMs: number;
  readonly most: number;
  readonly windowMs: number;
}

const DEFAULTS: BurstOptions = { quietMs: 400, most: 3, windowMs: 5_000 };

export class Bursts<Event> {
  readonly #one: (key: string, event: Event) => void;
  readonly #many: (events: ReadonlyMap<string, Event>) => void;
  readonly #options: BurstOptions;
  readonly #quiet = new Map<string, ReturnType<typeof setTimeout>>();
  #recent = 0;
  #heldBack = new Map<string, Event>();
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(
    one: (key: string, event: Event) => void,
    many: (events: ReadonlyMap<string, Event>) => void,
    options: Partial<BurstOptions> = {},
  ) {
    this.#one = one;
    this.#many = many;
    this.#options = { ...DEFAULTS, ...options };
  }

  add(key: string, event: Event): void {
    clearTimeout(this.#quiet.get(key));
    const timer = setTimeout(() => {
      this.#quiet.delete(key);
      this.#announce(key, event);
    }, this.#options.quietMs);
    this.#quiet.set(key, timer);
  }

  /** Forget everything that was not announced yet. */
  clear(): void {
    this.#quiet.forEach((timer) => clearTimeout(timer));
    this.#quiet.clear();
    clearTimeout(this.#window);
    this.#window = undefined;
    this.#recent = 0;
    this.#heldBack.clear();
  }

  #announce(key: string, event: Event): void {
    this.#window ??= setTimeout(() => this.#closeWindow(), this.#options.windowMs);
    if (++this.#recent <= this.#options.most) this.#one(key, event);
    else this.#heldBack.set(key, event);
  }

  #closeWindow(): void {
    const heldBack = this.#heldBack;
    this.#window = undefined;
    this.#recent = 0;
    this.#heldBack = new Map();
    if (heldBack.size > 0) this.#many(heldBack);
  }
}
