/**
 * The seats of a library in this moment: who sits where, what is due next, and taking a seat out of use.
 */
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { database, unwrap } from "@millstream/kit/client";
import { useAction, useNow } from "@millstream/kit/hooks";
import { BookingBadge, Columns, EmptyState, FloorPlan, Form, Item, ItemList, Loaded, Panel } from "@millstream/kit/ui";
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
import { useLibraryBookings } from "./useLibraryBookings";

const NO_SEATS = <EmptyState title="No seats yet">Put them on the plan under Seats and layout.</EmptyState>;

export function LivePlan({ library }: { readonly library: LibraryRow }) {
  const { zones, seats, error, reload } = usePlan(library.id);
  const { from, until } = stepAt(useNow(), library.slot_minutes);
  const { states } = useSeatsAt(library.id, from, until);
  const [selected, setSelected] = useState<string | null>(null);
  const seat = seats?.find(({ id }) => id === selected);
  return (
    <Columns>
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
    </Columns>
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
    <Stack>
      <Loaded what="bookings" value={coming} error={error} reload={reload} count={2} empty={<p>Nobody is due here.</p>}>
        {(due) => (
          <ItemList>
            {due.map((booking) => (
              <DueItem key={booking.id} booking={booking} onOpen={() => setOpened(booking.id)} />
            ))}
          </ItemList>
        )}
      </Loaded>
      <OutOfOrder seat={seat} library={library} />
      <BookingDialog booking={bookings?.find(({ id }) => id === opened)} onClose={() => setOpened(null)} />
    </Stack>
  );
}

function DueItem({ booking, onOpen }: { readonly booking: BookingRow; readonly onOpen: () => void }) {
  const name = nameOf(booking);
  const who = (
    <>
      <strong>{name}</strong> <BookingBadge status={booking.status} />
    </>
  );
  const open = (
    <Button variant="default" size="compact-sm" onClick={onOpen}>
      Open
    </Button>
  );
  return (
    <Item title={who} details={[sayRange(booking.start_time, booking.end_time, booking.timezone)]} action={open} />
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
  const given = reason.trim();
  return (
    <Form onSubmit={() => given !== "" && set.mutate(given)}>
      <TextInput
        label="Take the seat out of use"
        description="Students read the reason."
        placeholder="The lamp is broken"
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={given === ""} loading={set.isPending}>
        Out of order
      </Button>
    </Form>
  );
}
