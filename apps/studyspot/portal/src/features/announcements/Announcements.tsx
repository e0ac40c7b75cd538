/**
 * What was announced, the newest first, and taking it back.
 */
import { Button } from "@mantine/core";
import { database, unwrap } from "@millstream/kit/client";
import { useAction, useLiveRows, useNow, useProject } from "@millstream/kit/hooks";
import { EmptyState, Loaded, Panel, showToast, ToneBadge } from "@millstream/kit/ui";
import { sayAgo } from "@millstream/kit/time";
import type { Database } from "../../database.types";
import { ANNOUNCEMENT_COLUMNS, type AnnouncementRow } from "../../rows";
import styles from "../owner/OwnerPage.module.css";
import { SEVERITIES } from "./severities";

interface Props {
  /** Null is the whole platform. */
  readonly library: string | null;
  readonly mayRemove: boolean;
}

export function Announcements({ library, mayRemove }: Props) {
  const { announcements, error, reload } = useAnnouncements(library);
  const now = useNow();
  const remove = useAction(
    async (client, id: string) =>
      unwrap(await database<Database>(client).from("announcements").delete().eq("id", id).select("id")),
    { onError: ({ message }) => showToast({ id: "announced", kind: "problem", title: "That did not work", message }) },
  );
  return (
    <Panel title="What was announced">
      <Loaded what="announcements" value={announcements} error={error} reload={reload} height={64} empty={NONE}>
        {(known) => (
          <ul className={styles.list}>
            {known.map(({ id, title, body, severity, created_at }) => (
              <li key={id}>
                <div className={styles.grow}>
                  <strong>{title}</strong>{" "}
                  <ToneBadge tone={SEVERITIES[severity]?.tone ?? "quiet"} sign={null}>
                    {SEVERITIES[severity]?.label ?? severity}
                  </ToneBadge>
                  <p className={styles.soft}>{body}</p>
                  <p className={styles.soft}>{sayAgo(created_at, now)}</p>
                </div>
                {mayRemove && (
                  <Button
                    variant="subtle"
                    color="gray"
                    size="compact-sm"
                    aria-label={`Take back: ${title}`}
                    loading={remove.isPending && remove.variables === id}
                    onClick={() => remove.mutate(id)}
                  >
                    Take back
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

const NONE = <EmptyState title="Nothing was announced yet" />;

function useAnnouncements(library: string | null) {
  const { client } = useProject();
  const name = library ?? "platform";
  const filter = library === null ? {} : { filter: `library_id=eq.${library}` };
  const { rows, error, reload } = useLiveRows<AnnouncementRow>({
    topic: `announced:${name}`,
    bindings: [{ event: "*", schema: "public", table: "announcements", ...filter }],
    queryKey: ["announcements", "of", name],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) => {
      const all = database<Database>(client).from("announcements").select(ANNOUNCEMENT_COLUMNS);
      const ours = library === null ? all.is("library_id", null) : all.eq("library_id", library);
      return unwrap(await ours.order("created_at", { ascending: false }).limit(50).abortSignal(signal));
    },
  });
  const announcements = rows
    ?.filter(({ library_id }) => library_id === library)
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  return { announcements, error, reload };
}
