/**
 * Shows what was loaded; before that, or where it could not be, says so. An empty list is shown as what to do about it.
 */
import type { ReactNode } from "react";
import { ErrorState, LoadingState } from "./states";

interface Props<Value> {
  /** In the plural, such as `opening hours`. */
  readonly what: string;
  /** Undefined until it is known. */
  readonly value: Value | undefined;
  readonly error: Error | null;
  readonly reload?: () => void;
  /** How many blocks of which height stand for it until then. */
  readonly count?: number;
  readonly height?: number;
  readonly empty?: ReactNode;
  readonly children: (value: Value) => ReactNode;
}

export function Loaded<Value>(props: Props<Value>) {
  const { what, value, error, reload = () => location.reload(), count = 4, height = 56, empty, children } = props;
  if (value !== undefined) return isEmpty(value) && empty !== undefined ? empty : children(value);
  if (error) return <ErrorState title={`The ${what} could not be loaded`} error={error} onRetry={reload} />;
  return <LoadingState label={`Loading the ${what}`} count={count} height={height} />;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
