/**
 * The seats of a library in this moment: who sits where, what is due next, and taking a seat out of use.
 */
import { Button, Group, TextInput } from "@mantine/core";
import { database, unwrap } from "@millstream/kit/client";
import { useAction, useNow } from "@millstream/kit/hooks";
import { BookingBadge, EmptyState, FloorPlan, Loaded, Panel } from "@millstream/kit/ui";
import { sayRange } from "@millstream/kit/time";
import { useState } from "react";
import type { Database } from "../../database.types";
import type { BookingRow, LibraryRow, SeatRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { stepAt } from "../kiosk/useFreeByZone";
import { seatsOfPlan } from "../plan/seatsOfPlan";
import { usePlan } from "../plan/usePlan";
import { useSeatsAt } from "../plan/useSeatsAt";
import { BookingDialog } from "./BookingDialog";
import { nameOf } from "./BookingsTable";
import styles from "./OwnerPage.module.css";
import { useLibraryBookings } from "./useLibraryBookings";

const NO_SEATS = <EmptyState title="No seats yet">Put them on the plan under Seats and layout.</EmptyState>;

export function LivePlan({ library }: { readonly library: LibraryRow }) {
  const { zones, seats, error, reload } = usePlan(library.id);
  const { from, until } = stepAt(useNow(), library.slot_minutes);
  const { states } = useSeatsAt(library.id, from, until);
  const [selected, setSelected] = useState<string | null>(null);
  const seat = seats?.find(({ id }) => id === selected);
  return (
    <div className={styles.columns}>
      <Panel title="Now">
        <Loaded
          what="seats"
          value={zones && seats}
          error={error}
          reload={reload}
          count={1}
          height={420}
          empty={NO_SEATS}
        >
          {(all) => (
            <FloorPlan
              label={library.name}
              zones={zones ?? []}
              seats={seatsOfPlan(library, all, states)}
              selected={selected}
              onSelect={({ id }) => setSelected(id)}
            />
          )}
        </Loaded>
      </Panel>
      <Panel title={seat ? `Seat ${seat.label}` : "Choose a seat"} lead={seat ? undefined : "To see who sits there."}>
        {seat && <SeatNow key={seat.id} seat={seat} library={library} />}
      </Panel>
    </div>
  );
}

/** Return the bookings of a seat that are not over, the next first. Pure. */
export function comingAt(bookings: readonly BookingRow[], seat: string, now: number): readonly BookingRow[] {
  return bookings
    .filter(({ seat_id, status }) => seat_id === seat && ["held", "confirmed", "checked_in"].includes(status))
    .filter(({ end_time }) => Date.parse(end_time) > now)
    .toSorted((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time));
}

interface SeatProps {
  readonly seat: SeatRow;
  readonly library: LibraryRow;
}

function SeatNow({ seat, library }: SeatProps) {
  const { bookings, error, reload } = useLibraryBookings(library.id);
  const now = useNow();
  const [opened, setOpened] = useState<string | null>(null);
  const coming = bookings && comingAt(bookings, seat.id, now).slice(0, 5);
  return (
    <div className={styles.form}>
      <Loaded what="bookings" value={coming} error={error} reload={reload} count={2} empty={<p>Nobody is due here.</p>}>
        {(due) => (
          <ul className={styles.list}>
            {due.map((booking) => (
              <li key={booking.id}>
                <div className={styles.grow}>
                  <strong>{nameOf(booking)}</strong> <BookingBadge status={booking.status} />
                  <p className={styles.soft}>{sayRange(booking.start_time, booking.end_time, library.timezone)}</p>
                </div>
                <Button variant="default" size="compact-sm" onClick={() => setOpened(booking.id)}>
                  Open
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <OutOfOrder seat={seat} library={library} />
      <BookingDialog booking={bookings?.find(({ id }) => id === opened)} onClose={() => setOpened(null)} />
    </div>
  );
}

function OutOfOrder({ seat, library }: SeatProps) {
  const [reason, setReason] = useState("");
  const set = useAction(
    async (client, out_of_order: string | null) =>
      unwrap(await database<Database>(client).from("seats").update({ out_of_order }).eq("id", seat.id).select("id")),
    { onError: tellRefusal("seat", library.timezone) },
  );
  if (seat.out_of_order !== null) {
    return (
      <Group>
        <span>Out of order: {seat.out_of_order}</span>
        <Button loading={set.isPending} onClick={() => set.mutate(null)}>
          It is well again
        </Button>
      </Group>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") set.mutate(reason.trim());
      }}
    >
      <TextInput
        label="Take the seat out of use"
        description="Students read the reason."
        placeholder="The lamp is broken"
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={reason.trim() === ""} loading={set.isPending}>
        Out of order
      </Button>
    </form>
  );
}
