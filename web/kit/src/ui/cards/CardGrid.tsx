/**
 * A list of cards side by side, as many as find room, with its other three states.
 */
import type { ReactNode } from "react";
import { ErrorState, LoadingState } from "../states";
import styles from "./cards.module.css";

interface Props<Row> {
  /** In the plural, such as `events`. */
  readonly what: string;
  /** Undefined until they are known. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** The name of the list. */
  readonly label?: string;
  readonly error: Error | null;
  readonly onRetry: () => void;
  /** How many cards of which height stand there until then. */
  readonly count?: number;
  readonly height: number;
  /** Stands there when there are none. */
  readonly empty: ReactNode;
  /** The card of a row. */
  readonly children: (row: Row) => ReactNode;
}

export function CardGrid<Row>(props: Props<Row>) {
  const { what, rows, keyOf, label, error, onRetry, count = 3, height, empty, children } = props;
  if (rows === undefined) {
    if (error) return <ErrorState title={`The ${what} could not be loaded`} error={error} onRetry={onRetry} />;
    return <LoadingState label={`Loading ${what}`} count={count} height={height} className={styles.grid} />;
  }
  if (rows.length === 0) return empty;
  return (
    <ul className={styles.grid} aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)}>{children(row)}</li>
      ))}
    </ul>
  );
}
