/**
 * The bookings of a library, the newest on top: searched, filtered, exported, kept equal to the database. What nobody
 * has looked at yet is marked.
 */
import { useNow } from "@millstream/kit/hooks";
import {
  amountColumn,
  type DataColumn,
  DataTable,
  dayFilter,
  numberColumn,
  stateColumn,
  stateFilter,
  ToneBadge,
} from "@millstream/kit/ui";
import { sayAgo, sayRange } from "@millstream/kit/time";
import { IconSparkles } from "@tabler/icons-react";
import { useMemo } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import { money } from "../money";
import { useLibraryBookings } from "./useLibraryBookings";

interface Props {
  readonly library: LibraryRow;
  readonly isNew: (booking: BookingRow) => boolean;
  readonly onOpen: (booking: BookingRow) => void;
}

const FILTERS = [
  stateFilter<BookingRow>(["held", "confirmed", "checked_in", "completed", "no_show", "cancelled"]),
  dayFilter<BookingRow>(({ start_time }) => start_time),
];

export function BookingsTable({ library, isNew, onOpen }: Props) {
  const { bookings, error, reload } = useLibraryBookings(library.id);
  const columns = useMemo(() => columnsOf(isNew), [isNew]);
  return (
    <DataTable
      label="Bookings"
      columns={columns}
      filters={FILTERS}
      rows={bookings}
      error={error}
      onRetry={reload}
      keyOf={({ id }) => id}
      empty="The first booking will appear here by itself, with a sound."
      onOpen={onOpen}
    />
  );
}

function columnsOf(isNew: (booking: BookingRow) => boolean): readonly DataColumn<BookingRow>[] {
  return [
    {
      id: "booked",
      header: "Booked",
      value: ({ created_at }) => new Date(created_at),
      cell: ({ created_at }) => <Booked at={created_at} />,
      wideOnly: true,
    },
    {
      id: "student",
      header: "Student",
      value: nameOf,
      cell: (booking) => (
        <>
          {nameOf(booking)} {isNew(booking) && NEW}
        </>
      ),
    },
    {
      id: "seat",
      header: "Seat",
      value: ({ seat_label, zone_name }) => `${seat_label}, ${zone_name}`,
      wideOnly: true,
    },
    {
      id: "starts",
      header: "When",
      value: ({ start_time }) => new Date(start_time),
      cell: ({ start_time, end_time, timezone }) => sayRange(start_time, end_time, timezone),
    },
    stateColumn(),
    amountColumn("Amount", ({ total_amount }) => total_amount, money),
    numberColumn(),
  ];
}

/** Guests and walk-ins may have given no name. */
export function nameOf({ student_name, source }: Pick<BookingRow, "student_name" | "source">): string {
  if (student_name) return student_name;
  return source === "walk_in" ? "Walk-in" : "Guest";
}

function Booked({ at }: { readonly at: string }) {
  const now = useNow();
  return <time dateTime={at}>{sayAgo(at, now)}</time>;
}

const NEW = (
  <ToneBadge tone="warn" sign={<IconSparkles size={13} aria-hidden="true" />}>
    new
  </ToneBadge>
);
