/**
 * A row cache in memory that remembers how often it was written.
 */
import type { RowCache } from "../live";

export class MemoryRows<Row> implements RowCache<Row> {
  #rows: readonly Row[] | undefined;
  writes = 0;

  read(): readonly Row[] | undefined {
    return this.#rows;
  }

  write(rows: readonly Row[]): void {
    this.#rows = rows;
    this.writes++;
  }
}
