/**
 * What the command palette finds by a few letters: bookings by number or client, and who can be booked; as much of it as
 * the reader may see.
 */
import { database, type ProjectClient, unwrap } from "@millstream/kit/client";
import type { Command } from "@millstream/kit/shell";
import { sayMoment } from "@millstream/kit/time";
import type { Database } from "../../database.types";

const MOST = 6;

export async function findAnything(client: ProjectClient, query: string): Promise<readonly Command[]> {
  const tables = database<Database>(client);
  const pattern = patternOf(query);
  const [bookings, providers] = await Promise.all([
    tables
      .from("bookings")
      .select("id, booking_number, client_name, service_name, starts_at, timezone")
      .or(`booking_number.ilike.${pattern},client_name.ilike.${pattern}`)
      .neq("status", "expired")
      .order("starts_at", { ascending: false })
      .limit(MOST),
    tables
      .from("providers")
      .select("slug, name, headline")
      .or(`name.ilike.${pattern},trade.ilike.${pattern}`)
      .limit(MOST),
  ]);
  return [
    ...unwrap(bookings).map((one) => ({
      id: one.id,
      group: "Bookings",
      label: `${one.client_name || one.booking_number}, ${one.service_name}`,
      description: `${one.booking_number}, ${sayMoment(one.starts_at, one.timezone)}`,
      link: { to: "/my-bookings/$bookingId", params: { bookingId: one.id } } as const,
    })),
    ...unwrap(providers).map(({ slug, name, headline }) => ({
      id: slug,
      group: "Book with",
      label: name,
      description: headline,
      link: { to: "/providers/$slug", params: { slug } } as const,
    })),
  ];
}

/** Return what was typed as a quoted pattern of the data API; what has a meaning there is left out. Pure. */
export function patternOf(query: string): string {
  return `"*${query.replaceAll(/["\\*%]/gu, "").trim()}*"`;
}
