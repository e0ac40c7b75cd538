/**
 * What was announced, the newest first, and taking it back; beside it, for those who may, announcing: the rows of the
 * kit's table `announcements`, of a place or of the whole platform.
 */
import { Button } from "@mantine/core";
import type { RequestFailed, Whose } from "../../client";
import { useNow, useTableRows } from "../../hooks";
import { sayAgo } from "../../time";
import { Columns } from "../Columns";
import { Item, ItemList } from "../ItemList";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { ToneBadge } from "../ToneBadge";
import { useRemoval } from "../useRemoval";
import { AnnounceForm } from "./AnnounceForm";
import { severityOf } from "./severities";

export interface Announcement {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly severity: string;
  readonly created_at: string;
}

interface Props {
  /** The place, by its column; the id of the whole platform is null. */
  readonly of: Whose;
  readonly mayAnnounce: boolean;
  /** Whom an announcement reaches. */
  readonly reaches: string;
  /** The sentence for a refusal of the operation `announce`. */
  readonly say: (refusal: RequestFailed) => string;
}

const SHOWN = 50;

export function Announcements({ of, mayAnnounce, reaches, say }: Props) {
  return (
    <Columns>
      <Announced of={of} mayRemove={mayAnnounce} />
      {mayAnnounce && <AnnounceForm key={of.id} of={of} reaches={reaches} say={say} />}
    </Columns>
  );
}

function Announced({ of, mayRemove }: { readonly of: Whose; readonly mayRemove: boolean }) {
  const { rows, error, reload } = useTableRows<Announcement>({
    table: "announcements",
    of,
    select: `id, ${of.column}, title, body, severity, created_at`,
    newest: SHOWN,
  });
  const { remove, isRemoving } = useRemoval("announcements");
  return (
    <Panel title="What was announced">
      <Loaded what="announcements" value={rows} error={error} reload={reload} height={64} empty={NONE}>
        {(known) => (
          <ItemList>
            {known.map((one) => (
              <AnnouncedItem
                key={one.id}
                announcement={one}
                isRemoving={isRemoving(one.id)}
                {...(mayRemove && { onRemove: () => remove(one.id) })}
              />
            ))}
          </ItemList>
        )}
      </Loaded>
    </Panel>
  );
}

const NONE = <EmptyState title="Nothing was announced yet" />;

interface ItemProps {
  readonly announcement: Announcement;
  readonly isRemoving: boolean;
  readonly onRemove?: () => void;
}

function AnnouncedItem({ announcement, isRemoving, onRemove }: ItemProps) {
  const { title, body, severity, created_at } = announcement;
  const { tone, label } = severityOf(severity);
  const now = useNow();
  const takeBack = onRemove && (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      aria-label={`Take back: ${title}`}
      loading={isRemoving}
      onClick={onRemove}
    >
      Take back
    </Button>
  );
  const said = (
    <>
      <strong>{title}</strong> <ToneBadge tone={tone}>{label}</ToneBadge>
    </>
  );
  return <Item title={said} details={[body, sayAgo(created_at, now)]} action={takeBack} />;
}
