/**
 * The smallest page with live rows: `Notes` is all that somebody writes, the rest starts it.
 */
import { createProjectClient, database, loadConfig, unwrap } from "@millstream/kit/client";
import { ProjectProvider, useLiveRows, useProject } from "@millstream/kit/hooks";
import { createQueryClient } from "@millstream/kit/query";
import { createRoot } from "react-dom/client";

interface Note {
  readonly id: number;
  readonly body: string;
}
interface Schema {
  public: {
    Tables: { notes: { Row: Note; Insert: Note; Update: Note; Relationships: [] } };
    Views: object;
    Functions: object;
  };
}

export function Notes() {
  const { client } = useProject();
  const { rows, stale } = useLiveRows<Note>({
    topic: "notes",
    bindings: [{ event: "*", schema: "public", table: "notes" }],
    queryKey: ["notes"],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) =>
      unwrap(await database<Schema>(client).from("notes").select().order("id").abortSignal(signal)),
  });
  return (
    <ul data-state={stale ? "stale" : "live"}>
      {rows?.map(({ id, body }) => (
        <li key={id}>{body}</li>
      ))}
    </ul>
  );
}

const client = createProjectClient(await loadConfig());
createRoot(document.body).render(
  <ProjectProvider client={client} queryClient={createQueryClient()}>
    <Notes />
  </ProjectProvider>,
);
