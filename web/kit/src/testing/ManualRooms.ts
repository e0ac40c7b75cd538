/**
 * A connection to rooms that a test plays by hand: the network's edge, not our code.
 */
import type { RoomAnswer, RoomListener, SocketListener } from "../client";
import type { RoomSource } from "../live";

export class ManualRooms implements RoomSource {
  readonly asked: string[] = [];
  readonly #watching = new Set<SocketListener>();
  #listener: RoomListener | null = null;
  #isConnected = false;
  /** What the server answers; a room that is not here is granted. */
  readonly answers = new Map<string, RoomAnswer>();
  opened = 0;
  closed = 0;

  readonly connect = (listener: RoomListener): RoomSource => {
    this.#listener = listener;
    return this;
  };

  watchSocket(listener: SocketListener): () => void {
    this.#watching.add(listener);
    return () => this.#watching.delete(listener);
  }

  open(): Promise<void> {
    this.opened++;
    return Promise.resolve();
  }

  close(): void {
    this.closed++;
    this.#isConnected = false;
  }

  reconnect(): Promise<void> {
    return Promise.resolve();
  }

  ask(event: string, ...args: readonly unknown[]): Promise<RoomAnswer> {
    if (!this.#isConnected) return Promise.reject(new Error("There is no connection now."));
    const asked = `${event} ${args.join(" ")}`;
    this.asked.push(asked);
    return Promise.resolve(this.answers.get(asked) ?? { status: "ok" });
  }

  /** Let the page in; returns when what it asked for then is answered. */
  async letIn(recovered = false): Promise<void> {
    this.#isConnected = true;
    this.#watching.forEach((hear) => hear({ kind: "open" }));
    this.#listener?.connected(recovered);
    await this.settled();
  }

  lose(): void {
    this.#isConnected = false;
    this.#watching.forEach((hear) => hear({ kind: "closed", code: 1006, wanted: false }));
  }

  tell(event: string, payload: unknown): void {
    this.#listener?.told(event, payload);
  }

  /** Let everything that is already decided happen. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }
}
