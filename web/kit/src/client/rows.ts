/**
 * Writes rows of an application's tables by the data API; who may, its policies say. Each refusal is a RequestFailed.
 */
import { RequestFailed, unwrap } from "./failure";
import type { ProjectClient } from "./project";

export async function insertRows(
  client: ProjectClient,
  table: string,
  rows: object | readonly object[],
): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).insert(rows).select("id"));
}

export async function deleteRows(client: ProjectClient, table: string, ids: readonly string[]): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).delete().in("id", ids).select("id"));
}

/**
 * Make a row where none is known, else change the version of it that the reader saw; return its id. A newer version, or a
 * row that is there no more, is refused as `edit_conflict`.
 */
export async function saveVersion(
  client: ProjectClient,
  table: string,
  known: { readonly id: string; readonly version: number } | null,
  values: object,
): Promise<string> {
  const rows = client.supabase.from(table);
  const written = known
    ? rows.update(values).eq("id", known.id).eq("version", known.version).select("id")
    : rows.insert(values).select("id");
  const [row] = unwrap<{ id: string }[]>(await written);
  if (!row) throw new RequestFailed("Somebody else has changed this meanwhile.", "edit_conflict", 409);
  return row.id;
}
