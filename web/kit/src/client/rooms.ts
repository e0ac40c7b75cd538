/**
 * The Socket.IO connection of a page: the only place that knows the library, which is loaded when it is first opened.
 *
 * It attempts by itself until it is closed: quickly at first, then slowly, each time with the session's token as it is
 * then. A token that is renewed is handed over within the connection; another person gets another connection.
 */
import type { Socket } from "socket.io-client";
import { reconnectDelayMs, type ProjectClient } from "./project";
import { type Session, watchSession } from "./session";
import type { SocketEvent, SocketListener } from "./socket";

/** What the server acknowledges a request with. */
export interface RoomAnswer {
  readonly status: "ok" | "error";
  readonly code?: string;
  readonly message?: string;
}

export interface RoomListener {
  /** The server let this page in; `recovered` where it goes on as it was, with all rooms, and has missed nothing. */
  readonly connected: (recovered: boolean) => void;
  readonly told: (event: string, payload: unknown) => void;
}

export interface RoomSocketOptions {
  /** Quick attempts before the slow ones. */
  readonly fastAttempts: number;
}

/** What the server is given to know who is there. */
type GiveAuth = (auth: { token: string }) => void;

const ANSWER_WITHIN_MS = 10_000;
const LOST = { kind: "closed", code: 1006, wanted: false } as const;

export class RoomSocket {
  readonly #client: ProjectClient;
  readonly #options: RoomSocketOptions;
  readonly #watching = new Set<SocketListener>();
  readonly #listener: RoomListener;
  #socket: Socket | null = null;
  #token: string | null = null;
  #subject: string | null = null;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the openings and closings, so that what was begun before one of them knows that it is too late. */
  #turn = 0;
  #unwatchSession: (() => void) | null = null;

  constructor(client: ProjectClient, listener: RoomListener, options: RoomSocketOptions) {
    this.#client = client;
    this.#listener = listener;
    this.#options = options;
  }

  /** Hear what the connection does; returns the function that stops it. */
  watchSocket(listener: SocketListener): () => void {
    this.#watching.add(listener);
    return () => this.#watching.delete(listener);
  }

  async open(): Promise<void> {
    const turn = ++this.#turn;
    this.#tell({ kind: "connecting" });
    const { Manager } = await import("socket.io-client");
    if (turn !== this.#turn) return;
    const path = `${this.#client.url.pathname}socket.io/`;
    const manager = new Manager(this.#client.url.origin, {
      path,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnection: false,
      autoConnect: false,
    });
    const socket = manager.socket("/", { auth: (give: GiveAuth) => void this.#identify(give) });
    manager.on("ping", () => this.#tell({ kind: "message" }));
    socket.on("connect", () => this.#connected(socket));
    socket.on("connect_error", () => this.#lost());
    socket.on("disconnect", () => this.#lost());
    socket.onAny((event: string, payload: unknown) => {
      this.#tell({ kind: "message" });
      this.#listener.told(event, payload);
    });
    this.#socket = socket;
    this.#unwatchSession ??= watchSession(this.#client, (session) => this.#adopt(session));
    socket.connect();
  }

  close(): void {
    this.#drop();
    this.#unwatchSession?.();
    this.#unwatchSession = null;
    this.#tell({ ...LOST, wanted: true });
  }

  /** Attempt now instead of at the next time; a connection that only seems to live is given up. */
  async reconnect(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    this.#attempts = 0;
    // Not `disconnect`, which takes leave of the server and with it of what could be recovered.
    if (socket.connected) socket.io.engine.close();
    else this.#attempt(socket);
    return Promise.resolve();
  }

  /** Ask the server for something; rejects where it does not answer in time, or nobody is connected. */
  async ask(event: string, ...args: readonly unknown[]): Promise<RoomAnswer> {
    if (!this.#socket?.connected) throw new Error("There is no connection now.");
    return (await this.#socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, ...args)) as RoomAnswer;
  }

  #attempt(socket: Socket): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell({ kind: "connecting" });
    if (socket.active) socket.disconnect();
    socket.connect();
  }

  #connected(socket: Socket): void {
    this.#attempts = 0;
    this.#tell({ kind: "open" });
    this.#listener.connected(socket.recovered);
  }

  #lost(): void {
    const socket = this.#socket;
    // One failure may be reported twice, as an error and as the end of the connection.
    if (!socket || this.#timer !== undefined) return;
    this.#attempts += 1;
    this.#tell(LOST);
    this.#timer = setTimeout(() => this.#attempt(socket), reconnectDelayMs(this.#attempts, this.#options.fastAttempts));
  }

  async #identify(give: GiveAuth): Promise<void> {
    const { data, error } = await this.#client.supabase.auth.getSession();
    if (error) {
      this.#lost(); // whoever it is, it is not nobody
      return;
    }
    this.#subject = data.session?.user.id ?? null;
    this.#token = data.session?.access_token ?? this.#client.config.anonKey;
    give({ token: this.#token });
  }

  #adopt(session: Session | null): void {
    if (this.#token === null) return; // the first attempt asks for itself
    if ((session?.user.id ?? null) !== this.#subject) {
      this.#drop();
      void this.open();
    } else if (session) this.#renew(session.access_token);
  }

  #renew(token: string): void {
    if (token === this.#token || !this.#socket?.connected) return;
    this.#token = token;
    // Where it is refused, the server ends the connection when the old token is over, and the next one is asked anew.
    this.ask("token", token).catch(() => undefined);
  }

  /** Take leave without a word to those who watch. */
  #drop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    this.#token = null;
    this.#attempts = 0;
    socket?.disconnect();
  }

  #tell(event: SocketEvent): void {
    this.#watching.forEach((listener) => listener(event));
  }
}
