/** Return what says of a field's number whether it is one from the least to the most; an empty field has none. Pure. */
export function numberBetween(least: number, most: number): (value: unknown) => string | null {
  const isFine = (value: unknown): boolean => typeof value === "number" && value >= least && value <= most;
  return (value) => (isFine(value) ? null : `Type a number from ${least} to ${most}.`);
}
