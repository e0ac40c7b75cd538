/**
 * A fetch that a test answers by hand, so that changes can arrive before, during and after it.
 */
import type { Snapshot } from "../live";

interface Pending<Row> {
  resolve(snapshot: Snapshot<Row>): void;
  reject(error: Error): void;
}

export class ManualFetch<Row> {
  readonly #pending: Pending<Row>[] = [];
  asked = 0;

  readonly fetch = (): Promise<Snapshot<Row>> => {
    this.asked++;
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  };

  /** Answer the oldest open request; returns when the answer was taken up. */
  async answer(rows: readonly Row[], position: Snapshot<Row>["position"] = null): Promise<void> {
    this.#pending.shift()?.resolve({ rows, position });
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.#pending.shift()?.reject(error);
    await settled();
  }
}

/** Let everything that is already decided happen. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
