/**
 * The snapshot that live ticket counts begin with.
 */
import { database, type ProjectClient, unwrap } from "@millstream/kit/client";
import type { Database } from "../../database.types";
import type { EventTicketRow } from "../../rows";

export type AvailabilityRow = Pick<
  EventTicketRow,
  "id" | "available_count" | "reserved_count" | "sold_count" | "updated_at"
>;

export async function loadTicketAvailability(
  client: ProjectClient,
  eventId: string,
  signal: AbortSignal,
): Promise<AvailabilityRow[]> {
  const answer = await database<Database>(client)
    .from("event_tickets")
    .select("id, available_count, reserved_count, sold_count, updated_at")
    .eq("event_id", eventId)
    .abortSignal(signal);
  return unwrap(answer);
}
