/**
 * One booking, as its student or the staff see it; kept equal to the database.
 */
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject, useSession } from "@millstream/kit/hooks";
import type { BookingRow } from "../../rows";

export interface UseBooking {
  /** Undefined while loading, null when there is none, or none that this visitor may see. */
  readonly booking: BookingRow | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useBooking(id: string): UseBooking {
  const { client } = useProject();
  const { user, isLoading } = useSession();
  const { rows, error, reload } = useLiveRows<BookingRow>({
    enabled: user !== null,
    topic: `booking:${id}:${user?.id ?? "nobody"}`,
    bindings: [{ event: "*", schema: "public", table: "bookings", filter: `id=eq.${id}` }],
    queryKey: ["bookings", id, user?.id],
    keyOf: (booking) => String(booking.id),
    fetch: async (signal) => {
      const found = client.supabase.from("bookings").select().eq("id", id).abortSignal(signal);
      return unwrap(await found.overrideTypes<BookingRow[], { merge: false }>());
    },
  });
  if (user === null) return { booking: isLoading ? undefined : null, error: null, reload };
  return { booking: rows && (rows[0] ?? null), error, reload };
}
