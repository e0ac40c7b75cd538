/**
 * Writes rows of an organisation's own tables, by the data API; who may, the policies say.
 */
import { type ProjectClient, RequestFailed, unwrap } from "@millstream/kit/client";

type Versioned = "services" | "clients";
type Plain = "working_hours" | "schedule_exceptions";

/** Make a row, or change the version of one that the reader saw; return its id. */
export async function saveVersion(
  client: ProjectClient,
  table: Versioned,
  known: { readonly id: string; readonly version: number } | null,
  values: object,
): Promise<string> {
  const rows = client.supabase.from(table);
  const written = known
    ? rows.update(values).eq("id", known.id).eq("version", known.version).select("id")
    : rows.insert(values).select("id");
  const [row] = unwrap<{ id: string }[]>(await written);
  if (!row) throw new RequestFailed("Somebody else changed it.", "edits_do_not_collide", 412);
  return row.id;
}

export async function addRow(client: ProjectClient, table: Plain, values: object): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).insert(values).select("id"));
}

export async function removeRow(client: ProjectClient, table: Plain, id: string): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).delete().eq("id", id).select("id"));
}

/** Say which provider offers a service, or that one does not any more. */
export async function offerService(
  client: ProjectClient,
  offer: { readonly organisation_id: string; readonly provider_id: string; readonly service_id: string },
  isOffered: boolean,
): Promise<void> {
  const rows = client.supabase.from("provider_services");
  const written = isOffered ? rows.insert(offer) : rows.delete().match(offer);
  unwrap<unknown>(await written.select("service_id"));
}

const SAYINGS: Readonly<Record<string, string>> = {
  edits_do_not_collide: "A colleague saved just now. Look again, and save again.",
  "23505": "This is there already.",
  "23514": "One of the values is outside of what is possible.",
  "42501": "This is for owners and managers.",
};

/** Say why something was not written. Pure. */
export function sayUnsaved({ code, message }: RequestFailed): string {
  return SAYINGS[code] ?? message;
}
