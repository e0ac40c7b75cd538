/**
 * What somebody was told: the rows of the kit's table `notifications`, which policies keep to each person's own.
 */
import { unwrap } from "./failure";
import { database, type ProjectClient } from "./project";

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

// A type, for supabase-js asks for index signatures that interfaces do not have.
type Values = { [Column in keyof Notification]: Notification[Column] };

interface Schema {
  public: {
    Tables: { notifications: { Row: Values; Insert: Partial<Values>; Update: Partial<Values>; Relationships: [] } };
    Views: Record<never, never>;
    Functions: Record<never, never>;
  };
}

/** Return the newest first. */
export async function listNotifications(
  client: ProjectClient,
  most: number,
  signal: AbortSignal,
): Promise<Notification[]> {
  const all = database<Schema>(client).from("notifications").select();
  return unwrap(await all.order("created_at", { ascending: false }).limit(most).abortSignal(signal));
}

/** Mark as read; the time that is kept is the database's. */
export async function markNotificationsRead(client: ProjectClient, ids: readonly string[]): Promise<void> {
  const read = database<Schema>(client).from("notifications").update({ read_at: new Date().toISOString() });
  unwrap(await read.in("id", ids).select("id"));
}
