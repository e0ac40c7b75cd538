/**
 * Shows what was loaded; before that, or where it could not be, says so. Nothing, or an empty list, is shown as what to do
 * about it.
 */
import type { ReactNode } from "react";
import { ErrorState, LoadingState } from "./states";

interface AwaitedProps {
  /** Such as `opening hours`, or `booking`. */
  readonly what: string;
  readonly error: Error | null;
  readonly reload?: () => void;
  /** How many blocks of which height stand for it until then. */
  readonly count?: number;
  readonly height?: number;
}

interface Props<Value> extends AwaitedProps {
  /** Undefined until it is known, null where there is none. */
  readonly value: Value | null | undefined;
  readonly empty?: ReactNode;
  readonly children: (value: Value) => ReactNode;
}

export function Loaded<Value>({ value, empty, children, ...awaited }: Props<Value>) {
  if (value === undefined) return <Awaited {...awaited} />;
  if (value === null) return empty;
  return empty !== undefined && isEmpty(value) ? empty : children(value);
}

function Awaited({ what, error, reload = () => location.reload(), count = 4, height = 56 }: AwaitedProps) {
  if (error) return <ErrorState title={`The ${what} could not be loaded`} error={error} onRetry={reload} />;
  return <LoadingState label={`Loading the ${what}`} count={count} height={height} />;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
