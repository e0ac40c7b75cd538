/**
 * The newest events of an organisation, the oldest of them first, and each new one in the moment it happens.
 */
import { useTableRows } from "@millstream/kit/hooks";
import type { BookingEventRow } from "../../rows";

export interface UseOrganisationEvents {
  readonly events: readonly BookingEventRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOrganisationEvents(
  organisation: string,
  newest: number,
  onEvent: (event: BookingEventRow) => void,
): UseOrganisationEvents {
  const { rows, error, reload } = useTableRows<BookingEventRow>({
    table: "booking_events",
    of: { column: "organisation_id", id: organisation },
    newest,
    event: "INSERT",
    onChange: ({ row }) => onEvent(row as BookingEventRow),
  });
  return { events: rows?.toReversed(), error, reload };
}
