/**
 * Who offers a service; and why rows of an organisation's own tables were not written, where they were not.
 */
import { type ProjectClient, type RequestFailed, unwrap } from "@millstream/kit/client";

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
  edit_conflict: "A colleague saved just now. Look again, and save again.",
  "23505": "This is there already.",
  "23514": "One of the values is outside of what is possible.",
  "42501": "This is for owners and managers.",
};

/** Say why something was not written. Pure. */
export function sayUnsaved({ code, message }: RequestFailed): string {
  return SAYINGS[code] ?? message;
}
