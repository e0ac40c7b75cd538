/**
 * Bookings as a list shows them to whoever made them, parted into those to come and those before. Pure.
 */
import type { LinkProps } from "@tanstack/react-router";

export interface BookingItem {
  readonly id: string;
  readonly link: LinkProps;
  readonly title: string;
  /** Said after the time: where, or with whom. */
  readonly detail: string;
  readonly start: string;
  readonly end: string;
  readonly timezone: string;
  readonly status: string;
  /** Until when it is held, where it is. */
  readonly heldUntil: string | null;
}

export interface PartedBookings {
  /** The soonest first. */
  readonly toCome: readonly BookingItem[];
  /** The newest first. */
  readonly past: readonly BookingItem[];
}

const LIVE = ["held", "pending", "confirmed", "checked_in"];

/** Holds that ran out are left out, also those of which nobody has said so yet. */
export function parted(items: readonly BookingItem[], now: number): PartedBookings {
  const shown = items
    .filter((item) => item.status !== "expired" && !isHoldOver(item, now))
    .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const isToCome = ({ end, status }: BookingItem): boolean => Date.parse(end) > now && LIVE.includes(status);
  return { toCome: shown.filter(isToCome), past: shown.filter((item) => !isToCome(item)).toReversed() };
}

/** Say whether a claim is no longer held, whatever its row says. */
export function isHoldOver({ status, heldUntil }: Pick<BookingItem, "status" | "heldUntil">, now: number): boolean {
  return status === "held" && heldUntil !== null && Date.parse(heldUntil) <= now;
}
