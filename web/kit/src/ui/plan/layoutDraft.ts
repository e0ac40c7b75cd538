/**
 * A plan while it is being changed: the seats as they shall be, and what of them is to be saved. Pure.
 */
import type { EditedSeat } from "./FloorPlanEditor";
import type { Point } from "./view";

/** What an application says of its seats besides stands in further fields. */
export interface DraftSeat extends EditedSeat {
  /** Undefined for one that is not saved yet; else it is the key, too. */
  readonly id?: string | undefined;
}

export function changed<Seat extends DraftSeat>(
  draft: readonly Seat[],
  key: string,
  part: Partial<Seat>,
): readonly Seat[] {
  return draft.map((seat) => (seat.key === key ? { ...seat, ...part } : seat));
}

/** Add a seat with the label that comes next, such as A13 after A12. */
export function added<Seat extends DraftSeat>(
  draft: readonly Seat[],
  key: string,
  at: Point,
  more: Omit<Seat, keyof DraftSeat>,
): readonly Seat[] {
  return [...draft, { ...more, key, label: nextLabel(draft), ...at, active: true } as Seat];
}

/** Take a seat away: one that was saved stays on the plan and is not booked any more, since it has a history. */
export function removed<Seat extends DraftSeat>(draft: readonly Seat[], key: string): readonly Seat[] {
  const isSaved = draft.some((seat) => seat.key === key && seat.id !== undefined);
  const retired: Partial<DraftSeat> = { active: false };
  return isSaved ? changed(draft, key, retired as Partial<Seat>) : draft.filter((seat) => seat.key !== key);
}

/** Return the seats that are new or other than they were. */
export function toSave<Seat extends DraftSeat>(draft: readonly Seat[], saved: readonly Seat[]): readonly Seat[] {
  const before = new Map(saved.map((seat) => [seat.key, JSON.stringify(seat)]));
  return draft.filter((seat) => before.get(seat.key) !== JSON.stringify(seat));
}

/** Say what is wrong with the labels, or nothing. */
export function labelProblem(draft: readonly DraftSeat[]): string | null {
  const labels = draft.map(({ label }) => label.trim());
  if (labels.includes("")) return "Every seat needs a label.";
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `There are two seats ${twice}.`;
}

function nextLabel(draft: readonly DraftSeat[]): string {
  const [, prefix = "A", number = "0"] = /^(.*?)(\d+)$/.exec(draft.at(-1)?.label ?? "A0") ?? [];
  const taken = new Set(draft.map(({ label }) => label));
  let next = Number(number) + 1;
  while (taken.has(`${prefix}${next}`)) next += 1;
  return `${prefix}${next}`;
}
