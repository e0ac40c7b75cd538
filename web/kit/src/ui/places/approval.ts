/**
 * How a place stands with the platform's administrators: the states of the kit's SQL, `kit.approved_places`. Pure.
 */
import { IconBan, IconCheck, IconHourglass } from "@tabler/icons-react";
import type { Tone } from "../ToneBadge";

/** What the table of places has for it. */
export interface ApprovedPlace {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly deleted_at: string | null;
}

interface Standing {
  readonly label: string;
  readonly tone: Tone;
  readonly Sign: typeof IconCheck;
}

/** In the order in which they want to be looked at. */
export const STANDINGS: Readonly<Record<string, Standing>> = {
  pending: { label: "Waits for approval", tone: "warn", Sign: IconHourglass },
  approved: { label: "Approved", tone: "good", Sign: IconCheck },
  suspended: { label: "Suspended", tone: "bad", Sign: IconBan },
};

const ORDER = Object.keys(STANDINGS);

export function standingOf(status: string): Standing {
  return STANDINGS[status] ?? { label: status, tone: "quiet", Sign: IconHourglass };
}

/** Those that wait for a decision on top, each kind by name; without those that were removed. */
export function waitingFirst<Row extends Omit<ApprovedPlace, "id">>(places: readonly Row[]): readonly Row[] {
  return places
    .filter(({ deleted_at }) => deleted_at === null)
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name));
}
