/**
 * Seats somebody who came without a booking: a seat that is free now, for some hours.
 */
import { Button, Modal, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useNow, useOperation } from "@millstream/kit/hooks";
import { Form, FormFoot, LoadingState, showToast } from "@millstream/kit/ui";
import { sayDuration, sayTime } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { usePlan } from "../plan/usePlan";
import { useSeatsAt } from "../plan/useSeatsAt";

const LENGTHS = [30, 60, 120, 240].map((length) => ({ value: String(length), label: sayDuration(length) }));
const MINUTE_MS = 60_000;

interface Props {
  readonly library: LibraryRow;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function WalkInDialog({ library, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Seat a walk-in" centered>
      {opened && <WalkInForm library={library} onClose={onClose} />}
    </Modal>
  );
}

function WalkInForm({ library, onClose }: Omit<Props, "opened">) {
  const { timezone: zone } = library;
  const [name, setName] = useState("");
  const [minutes, setMinutes] = useState("60");
  const [chosen, setChosen] = useState<string | null>(null);
  const minute = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const step = library.slot_minutes * MINUTE_MS;
  const until = new Date(Math.ceil((minute + Number(minutes) * MINUTE_MS) / step) * step).toISOString();
  const free = useFreeSeats(library.id, new Date(minute).toISOString(), until);
  const seat = free?.flatMap(({ items }) => items).find(({ value }) => value === chosen);
  const book = useOperation<{ seat_id: string; end_time: string; name?: string }, BookingRow>("book_walk_in", {
    onSuccess: ({ seat_label }) => {
      showToast({ id: "walk-in", kind: "good", title: `Seat ${seat_label} is taken until ${sayTime(until, zone)}` });
      onClose();
    },
    onError: tellRefusal("walk-in", zone),
  });
  const send = (): void => {
    const given = name.trim() === "" ? {} : { name: name.trim() };
    if (seat && !book.isPending) book.mutate({ seat_id: seat.value, end_time: until, ...given });
  };
  if (!free) return <LoadingState label="Looking for free seats" count={3} height={56} />;
  return (
    <Form onSubmit={send}>
      <SegmentedControl fullWidth aria-label="How long" data={LENGTHS} value={minutes} onChange={setMinutes} />
      <Select
        label="Seat"
        description={`Until ${sayTime(until, zone)}`}
        placeholder={free.length === 0 ? "No seat is free for so long" : "Choose a free seat"}
        data={free}
        value={seat?.value ?? null}
        onChange={setChosen}
        searchable
        withAsterisk
      />
      <TextInput
        label="Name"
        description="Optional"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FormFoot>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={!seat} loading={book.isPending}>
          Take the seat
        </Button>
      </FormFoot>
    </Form>
  );
}

/** The free seats by zone, as a select lists them. */
function useFreeSeats(library: string, from: string, until: string) {
  const { zones, seats } = usePlan(library);
  const { states } = useSeatsAt(library, from, until);
  if (!zones || !seats || !states) return undefined;
  return zones
    .map(({ id, name }) => ({
      group: name,
      items: seats
        .filter((seat) => seat.zone_id === id && states.get(seat.id)?.status === "free")
        .map((seat) => ({ value: seat.id, label: seat.label }))
        .toSorted((a, b) => a.label.localeCompare(b.label, undefined, { numeric: true })),
    }))
    .filter(({ items }) => items.length > 0);
}
