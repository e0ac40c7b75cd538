/**
 * Writes down what people do on a page: rows of a table of interactions, through the data API.
 *
 * Requests outlive the page that made them (`keepalive`), as a beacon does; unlike a beacon they say who sends, so that
 * policies hold for them as for any other write.
 */
import { failure } from "./failure";
import type { ProjectClient } from "./project";
import { watchSession } from "./session";

export interface InteractionSink {
  /** Write rows; reject where they were not written. */
  send(rows: readonly object[]): Promise<void>;
  /** Who is signed in, as far as this is known. */
  readonly userId: string | null;
  close(): void;
}

/** Send to a table of the schema that the data API exposes. */
export function interactionSink(client: ProjectClient, table: string): InteractionSink {
  const key = client.config.anonKey;
  let token = key;
  let userId: string | null = null;
  const close = watchSession(client, (session) => {
    token = session?.access_token ?? key;
    userId = session?.user.id ?? null;
  });
  return {
    get userId() {
      return userId;
    },
    close,
    async send(rows) {
      const response = await fetch(new URL(`rest/v1/${table}`, client.url), {
        method: "POST",
        keepalive: true,
        headers: {
          apikey: key,
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          prefer: "return=minimal",
        },
        body: JSON.stringify(rows),
      });
      if (!response.ok) throw failure(response.status, await response.json().catch(() => null));
    },
  };
}
