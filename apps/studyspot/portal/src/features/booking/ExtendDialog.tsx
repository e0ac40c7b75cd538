/**
 * Stays longer: until when is free, and what that costs more.
 */
import { Button, Group, Modal, Radio } from "@mantine/core";
import { unwrap } from "@millstream/kit/client";
import { useOperation, useProject } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import { dayIn, sayTime } from "@millstream/kit/time";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import { money } from "../money";
import { useQuote } from "../seats/useQuote";
import styles from "./booking.module.css";
import { type Busy, extensionsOf } from "./extensions";
import { tellRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly library: LibraryRow;
  readonly opened: boolean;
  readonly onClose: () => void;
}

interface ChangeParams {
  readonly booking_id: string;
  readonly end_time: string;
  readonly version: number;
}

export function ExtendDialog({ booking, library, opened, onClose }: Props) {
  const { timezone: zone } = booking;
  const [chosen, setChosen] = useState<string | null>(null);
  const { ends, error, reload } = useExtensions(booking, library, opened);
  const change = useOperation<ChangeParams, BookingRow>("change_booking", {
    onSuccess: () => {
      setChosen(null);
      onClose();
    },
    onError: (refused) => {
      tellRefusal("extend", zone)(refused);
      reload();
    },
  });
  const until = chosen !== null && ends?.includes(chosen) ? chosen : undefined;
  const send = (): void => {
    if (until !== undefined) change.mutate({ booking_id: booking.id, end_time: until, version: booking.version });
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Stay longer" centered>
      <div className={styles.dialog}>
        <p>Now until {sayTime(booking.end_time, zone)}.</p>
        <Ends ends={ends} error={error} onRetry={reload} zone={zone} chosen={until ?? null} onChoose={setChosen} />
        {until !== undefined && <Difference booking={booking} until={until} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it as it is
          </Button>
          <Button disabled={until === undefined} loading={change.isPending} onClick={send}>
            {until === undefined ? "Stay longer" : `Stay until ${sayTime(until, zone)}`}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

interface EndsProps {
  readonly ends: readonly string[] | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
  readonly zone: string;
  readonly chosen: string | null;
  readonly onChoose: (end: string) => void;
}

function Ends({ ends, error, onRetry, zone, chosen, onChoose }: EndsProps) {
  if (ends === undefined) {
    if (error) return <ErrorState title="The free times could not be loaded" error={error} onRetry={onRetry} />;
    return <LoadingState label="Looking up what is free" count={1} height={90} />;
  }
  if (ends.length === 0) {
    return <EmptyState title="Not on this seat">Somebody comes after you, or the library closes.</EmptyState>;
  }
  return (
    <Radio.Group label="Until" value={chosen} onChange={onChoose}>
      <Group mt={8} gap="md">
        {ends.map((end) => (
          <Radio key={end} value={end} label={sayTime(end, zone)} />
        ))}
      </Group>
    </Radio.Group>
  );
}

function Difference({ booking, until }: { readonly booking: BookingRow; readonly until: string }) {
  const { quote } = useQuote(booking.seat_id, booking.start_time, until);
  if (booking.payment_status === "pass" || quote === undefined) return null;
  const more = quote.total - booking.total_amount;
  return <p>{more > 0 ? `That costs ${money(more, booking.currency)} more.` : "That costs nothing more."}</p>;
}

function useExtensions(booking: BookingRow, library: LibraryRow, enabled: boolean) {
  const { client } = useProject();
  const day = dayIn(booking.start_time, booking.timezone);
  const query = useQuery({
    queryKey: ["seat_day", booking.seat_id, day, booking.version],
    enabled,
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const ask = (name: string, args: object) => client.supabase.rpc(name, args, { get: true }).abortSignal(signal);
      const [busy, opening] = await Promise.all([
        ask("seat_day", { of_seat: booking.seat_id, day }),
        ask("opening_of", { of_library: library.id, day }),
      ]);
      const hours = unwrap(opening) as readonly { readonly closes: string }[];
      return { busy: unwrap(busy) as readonly Busy[], closes: hours.at(-1)?.closes ?? null };
    },
  });
  const ends = query.data && extensionsOf(booking, library, query.data.busy, query.data.closes);
  return { ends, error: query.error, reload: () => void query.refetch() };
}
