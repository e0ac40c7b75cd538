/**
 * Shares channels by name and keeps their number within a limit.
 *
 * Whoever subscribes to a name that is open already shares its channel. A channel that nobody listens to any more is
 * kept for a while, for those who come back; when the limit is reached, the one that has been unused for longest makes
 * room. A channel that somebody listens to is never closed for another's sake: then subscribing is refused, loudly.
 */
import { type Readable, Store } from "./store";

export interface ChannelManagerOptions {
  readonly maxChannels: number;
  /** How long a channel without listeners stays open. */
  readonly keepMs: number;
}

export interface ActiveChannel {
  readonly name: string;
  /** How many listen; 0 is kept for whoever comes back. */
  readonly listeners: number;
  readonly since: Date;
  readonly messages: number;
}

/** Every channel up to the limit is listened to. */
export class ChannelLimitReached extends Error {
  override readonly name = "ChannelLimitReached";

  constructor(maxChannels: number, wanted: string) {
    super(`${maxChannels} channels are in use, so "${wanted}" cannot be opened: close one that is not needed.`);
  }
}

/** Open a channel that publishes what it hears; return how to close it. */
export type OpenChannel<Message> = (publish: (message: Message) => void) => () => void;

interface Channel {
  readonly since: Date;
  readonly listeners: Set<(message: never) => void>;
  close: () => void;
  messages: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const DEFAULTS: ChannelManagerOptions = { maxChannels: 10, keepMs: 30_000 };

export class ChannelManager {
  readonly #options: ChannelManagerOptions;
  /** Unused channels in the order in which they became so, behind those in use that were opened before. */
  readonly #channels = new Map<string, Channel>();
  readonly #active = new Store<readonly ActiveChannel[]>([]);

  constructor(options: Partial<ChannelManagerOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get maxChannels(): number {
    return this.#options.maxChannels;
  }

  /** What is open now; the counts of messages are as of the last opening or closing. */
  get active(): Readable<readonly ActiveChannel[]> {
    return this.#active;
  }

  /** Hear a channel; the returned function stops hearing. Throws ChannelLimitReached and then opens nothing. */
  subscribe<Message>(name: string, open: OpenChannel<Message>, listener: (message: Message) => void): () => void {
    const channel = this.#channels.get(name) ?? this.#open(name, open);
    clearTimeout(channel.timer);
    // The same function may listen twice: each time is one listener of its own.
    const own = (message: Message): void => listener(message);
    channel.listeners.add(own);
    this.#tell();
    return () => this.#release(name, channel, own);
  }

  /** Close a channel, whoever listens. */
  unsubscribe(name: string): void {
    const channel = this.#channels.get(name);
    if (!channel) return;
    this.#channels.delete(name);
    clearTimeout(channel.timer);
    channel.listeners.clear();
    channel.close();
    this.#tell();
  }

  unsubscribeAll(): void {
    [...this.#channels.keys()].forEach((name) => this.unsubscribe(name));
  }

  /** Say anew what is open, with the present counts of messages. */
  refresh(): void {
    this.#tell();
  }

  #open<Message>(name: string, open: OpenChannel<Message>): Channel {
    if (this.#channels.size >= this.#options.maxChannels) this.#makeRoom(name);
    const listeners = new Set<(message: never) => void>();
    const channel: Channel = { since: new Date(), listeners, close: () => undefined, messages: 0, timer: undefined };
    this.#channels.set(name, channel);
    channel.close = open((message) => {
      channel.messages++;
      listeners.forEach((listener) => listener(message as never));
    });
    return channel;
  }

  #makeRoom(wanted: string): void {
    const [unused] = [...this.#channels].find(([, { listeners }]) => listeners.size === 0) ?? [];
    if (unused === undefined) throw new ChannelLimitReached(this.#options.maxChannels, wanted);
    this.unsubscribe(unused);
  }

  #release(name: string, channel: Channel, listener: (message: never) => void): void {
    if (!channel.listeners.delete(listener) || channel.listeners.size > 0) {
      this.#tell();
      return;
    }
    // Last in the order now: those that became unused before go first.
    this.#channels.delete(name);
    this.#channels.set(name, channel);
    channel.timer = setTimeout(() => this.unsubscribe(name), this.#options.keepMs);
    this.#tell();
  }

  #tell(): void {
    const active = [...this.#channels].map(([name, { listeners, since, messages }]) => ({
      name,
      listeners: listeners.size,
      since,
      messages,
    }));
    this.#active.set(active);
  }
}
