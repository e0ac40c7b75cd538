/**
 * Puts somebody's edits and those of others together. Pure.
 *
 * Only a field that both changed, to different values, is a conflict; everything else merges silently.
 */
export interface FieldConflict<Values> {
  readonly field: keyof Values & string;
  readonly original: unknown;
  /** What it is now, by another's hand. */
  readonly actual: unknown;
  /** What the reader wants it to be. */
  readonly yours: unknown;
}

export interface MergedEdits<Values> {
  /** What is there now with the reader's own changes, as far as they conflict with nothing. */
  readonly merged: Values;
  readonly conflicts: readonly FieldConflict<Values>[];
}

export function mergeEdits<Values extends object>(
  original: Values,
  actual: Values,
  yours: Values,
): MergedEdits<Values> {
  const fields = Object.keys(yours) as (keyof Values & string)[];
  const changed = fields.filter((field) => !isSame(yours[field], original[field]));
  const inConflict = changed.filter(
    (field) => !isSame(actual[field], original[field]) && !isSame(actual[field], yours[field]),
  );
  const free = changed.filter((field) => !inConflict.includes(field));
  return {
    merged: { ...actual, ...Object.fromEntries(free.map((field) => [field, yours[field]])) },
    conflicts: inConflict.map((field) => ({
      field,
      original: original[field],
      actual: actual[field],
      yours: yours[field],
    })),
  };
}

/** Which fields of an open form take what others wrote: those that they changed and the reader has not. Pure. */
export function fieldsToTake<Values extends object>(
  original: Values,
  actual: Values,
  yours: Values,
): readonly (keyof Values & string)[] {
  const fields = Object.keys(yours) as (keyof Values & string)[];
  return fields.filter((field) => isSame(yours[field], original[field]) && !isSame(actual[field], original[field]));
}

function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}
