/**
 * The newest value of one live view, for as long as somebody looks.
 *
 * Receives values, failures and interruptions from `client/`; the newest value wins and stays while the connection is
 * lost or the server cannot compute a new one, marked `stale`. Life cycle: `start` joins, `stop` leaves.
 */
import { type OpenView, RequestFailed, type ViewListener, type ViewValue } from "../client";
import { type Readable, Store } from "./store";

export interface LiveViewState<Row> {
  /** Undefined until the first value. */
  readonly rows: readonly Row[] | undefined;
  /** The database's time of the rows; null before the first value. */
  readonly asOf: Date | null;
  /** What is shown may be out of date. */
  readonly stale: boolean;
  readonly error: Error | null;
}

const NOTHING = { rows: undefined, asOf: null, stale: true, error: null } as const;

export class ViewState<Row> implements ViewListener<Row> {
  readonly #open: OpenView<Row>;
  readonly #state = new Store<LiveViewState<Row>>(NOTHING);
  #close: (() => void) | null = null;

  constructor(open: OpenView<Row>) {
    this.#open = open;
  }

  get state(): Readable<LiveViewState<Row>> {
    return this.#state;
  }

  start(): void {
    this.#close ??= this.#open(this);
  }

  stop(): void {
    this.#close?.();
    this.#close = null;
    this.#state.set(NOTHING);
  }

  value({ rows, as_of }: ViewValue<Row>): void {
    this.#state.set({ rows, asOf: new Date(as_of), stale: false, error: null });
  }

  failed(code: string, message: string): void {
    this.#state.set({ ...this.#state.get(), stale: true, error: new RequestFailed(message, code, 500) });
  }

  interrupted(reason: string): void {
    const { rows } = this.#state.get();
    // Who has seen a value waits for the next; who has not is told what is wrong.
    const error = rows ? null : new RequestFailed(`The figures cannot be shown: ${reason}`, "view_unavailable", 0);
    this.#state.set({ ...this.#state.get(), stale: true, error });
  }
}
