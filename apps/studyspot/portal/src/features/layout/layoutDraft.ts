/**
 * A plan while it is being changed: the seats as they shall be, and what of them is to be saved. Pure.
 */
import type { SeatRow } from "../../rows";

export interface DraftSeat {
  readonly key: string;
  /** Undefined for one that is not saved yet. */
  readonly id?: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly attributes: readonly string[];
  readonly active: boolean;
}

export type Draft = readonly DraftSeat[];

export function draftOf(seats: readonly SeatRow[]): Draft {
  return seats.map(({ id, label, x, y, attributes, active }) => ({ key: id, id, label, x, y, attributes, active }));
}

export function changed(draft: Draft, key: string, part: Partial<DraftSeat>): Draft {
  return draft.map((seat) => (seat.key === key ? { ...seat, ...part } : seat));
}

/** Add a seat with the label that comes next, such as A13 after A12. */
export function added(draft: Draft, key: string, at: { readonly x: number; readonly y: number }): Draft {
  return [...draft, { key, label: nextLabel(draft), ...at, attributes: [], active: true }];
}

/** Take a seat away: one that was saved stays on the plan and is not booked any more, since it has a history. */
export function removed(draft: Draft, key: string): Draft {
  const isSaved = draft.some((seat) => seat.key === key && seat.id !== undefined);
  return isSaved ? changed(draft, key, { active: false }) : draft.filter((seat) => seat.key !== key);
}

/** Return the seats that are new or other than they were. */
export function toSave(draft: Draft, seats: readonly SeatRow[]): Draft {
  const before = new Map(draftOf(seats).map((seat) => [seat.key, JSON.stringify(seat)]));
  return draft.filter((seat) => before.get(seat.key) !== JSON.stringify(seat));
}

/** Say what is wrong with the labels, or nothing. */
export function labelProblem(draft: Draft): string | null {
  const labels = draft.map(({ label }) => label.trim());
  if (labels.includes("")) return "Every seat needs a label.";
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `There are two seats ${twice}.`;
}

function nextLabel(draft: Draft): string {
  const [, prefix = "A", number = "0"] = /^(.*?)(\d+)$/.exec(draft.at(-1)?.label ?? "A0") ?? [];
  const taken = new Set(draft.map(({ label }) => label));
  let next = Number(number) + 1;
  while (taken.has(`${prefix}${next}`)) next += 1;
  return `${prefix}${next}`;
}
