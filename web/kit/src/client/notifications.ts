/**
 * What somebody was told: the rows of the kit's table `notifications`, which policies keep to each person's own.
 */
import { unwrap } from "./failure";
import type { ProjectClient } from "./project";

export interface Notification {
  readonly id: string;
  readonly user_id: string;
  readonly organisation_id: string | null;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  /** A path of the portal. */
  readonly link: string | null;
  readonly created_at: string;
  readonly read_at: string | null;
}

/** Return the newest first. */
export async function listNotifications(
  client: ProjectClient,
  most: number,
  signal: AbortSignal,
): Promise<Notification[]> {
  const newest = client.supabase.from("notifications").select().order("created_at", { ascending: false }).limit(most);
  return unwrap(await newest.abortSignal(signal).overrideTypes<Notification[], { merge: false }>());
}

/** Mark as read; the time that is kept is the database's. */
export async function markNotificationsRead(client: ProjectClient, ids: readonly string[]): Promise<void> {
  const read = client.supabase.from("notifications").update({ read_at: new Date().toISOString() });
  unwrap(await read.in("id", ids).select("id"));
}
