/**
 * The bookings of a library, the newest on top: searched, filtered, exported, kept equal to the database. What nobody
 * has looked at yet is marked.
 */
import { useNow } from "@millstream/kit/hooks";
import {
  BOOKING_STATES,
  BookingBadge,
  type DataColumn,
  type DataFilter,
  DataTable,
  ToneBadge,
} from "@millstream/kit/ui";
import { dayIn, sayAgo, sayRange } from "@millstream/kit/time";
import { IconSparkles } from "@tabler/icons-react";
import { useMemo } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import { money } from "../money";
import styles from "./OwnerPage.module.css";
import { useLibraryBookings } from "./useLibraryBookings";

interface Props {
  readonly library: LibraryRow;
  /** The numbers of bookings that nobody has looked at yet. */
  readonly isNew: (number: string) => boolean;
  readonly onOpen: (booking: BookingRow) => void;
}

export function BookingsTable({ library, isNew, onOpen }: Props) {
  const { bookings, error, reload } = useLibraryBookings(library.id);
  const today = dayIn(new Date(), library.timezone);
  const columns = useMemo(() => columnsOf(library.timezone, isNew), [library.timezone, isNew]);
  const filters = useMemo(() => filtersOf(library.timezone, today), [library.timezone, today]);
  return (
    <DataTable
      label="Bookings"
      columns={columns}
      filters={filters}
      rows={bookings}
      error={error}
      onRetry={reload}
      keyOf={({ id }) => id}
      empty="The first booking will appear here by itself, with a sound."
      onOpen={onOpen}
    />
  );
}

function columnsOf(zone: string, isNew: (number: string) => boolean): readonly DataColumn<BookingRow>[] {
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
          {nameOf(booking)} {isNew(booking.booking_number) && NEW}
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
      cell: ({ start_time, end_time }) => sayRange(start_time, end_time, zone),
    },
    {
      id: "state",
      header: "State",
      value: ({ status }) => BOOKING_STATES[status]?.label ?? status,
      cell: ({ status }) => <BookingBadge status={status} />,
    },
    {
      id: "amount",
      header: "Amount",
      value: ({ total_amount }) => total_amount,
      cell: ({ total_amount, currency }) => money(total_amount, currency),
      align: "end",
      wideOnly: true,
    },
    {
      id: "number",
      header: "Number",
      value: ({ booking_number }) => booking_number,
      cell: ({ booking_number }) => <span className={styles.word}>{booking_number}</span>,
      wideOnly: true,
    },
  ];
}

const STATES = ["held", "confirmed", "checked_in", "completed", "no_show", "cancelled"];

function filtersOf(zone: string, today: string): readonly DataFilter<BookingRow>[] {
  return [
    {
      id: "state",
      label: "State",
      options: STATES.map((value) => ({ value, label: BOOKING_STATES[value]?.label ?? value })),
      matches: ({ status }, chosen) => status === chosen,
    },
    {
      id: "day",
      label: "Day",
      options: [
        { value: "today", label: "Today" },
        { value: "later", label: "Later" },
        { value: "before", label: "Before today" },
      ],
      matches: (booking, chosen) => dayWord(booking, zone, today) === chosen,
    },
  ];
}

/** Say on which side of today a booking begins. Pure. */
export function dayWord({ start_time }: Pick<BookingRow, "start_time">, zone: string, today: string): string {
  const day = dayIn(start_time, zone);
  if (day === today) return "today";
  return day > today ? "later" : "before";
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
