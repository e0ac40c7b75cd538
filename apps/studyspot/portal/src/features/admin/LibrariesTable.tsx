/**
 * All libraries of the platform, those that wait for approval on top, and what administrators do with them.
 */
import { Button, Group } from "@mantine/core";
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useOperation, useProject } from "@millstream/kit/hooks";
import {
  ConfirmDialog,
  type DataColumn,
  type DataFilter,
  DataTable,
  showToast,
  type Tone,
  ToneBadge,
} from "@millstream/kit/ui";
import { IconBan, IconCheck, IconHourglass } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { LibraryRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";

const STANDINGS: Readonly<
  Record<string, { readonly label: string; readonly tone: Tone; readonly Sign: typeof IconCheck }>
> = {
  pending: { label: "Waits for approval", tone: "warn", Sign: IconHourglass },
  approved: { label: "Approved", tone: "good", Sign: IconCheck },
  suspended: { label: "Suspended", tone: "bad", Sign: IconBan },
};
const ORDER = Object.keys(STANDINGS);

const FILTERS: readonly DataFilter<LibraryRow>[] = [
  {
    id: "state",
    label: "State",
    options: Object.entries(STANDINGS).map(([value, { label }]) => ({ value, label })),
    matches: ({ status }, chosen) => status === chosen,
  },
];

export function LibrariesTable() {
  const { libraries, error, reload } = useAllLibraries();
  const [suspending, setSuspending] = useState<LibraryRow | null>(null);
  const columns = useMemo(() => columnsOf(setSuspending), []);
  const suspend = useOperation<{ library_id: string; reason: string }, object>("suspend_library", {
    onSuccess: () => setSuspending(null),
    onError: tellRefusal("suspend"),
  });
  return (
    <>
      <DataTable
        label="Libraries"
        columns={columns}
        filters={FILTERS}
        rows={libraries}
        error={error}
        onRetry={reload}
        keyOf={({ id }) => id}
        empty="Owners add libraries; they wait here for approval."
      />
      <ConfirmDialog
        opened={suspending !== null}
        title={`Suspend ${suspending?.name ?? ""}?`}
        action="Suspend"
        isPending={suspend.isPending}
        onClose={() => setSuspending(null)}
        onConfirm={() =>
          suspending && suspend.mutate({ library_id: suspending.id, reason: "Suspended by an administrator" })
        }
      >
        It disappears from every student&apos;s screen at once. Bookings stay, and it can be approved again.
      </ConfirmDialog>
    </>
  );
}

function columnsOf(onSuspend: (library: LibraryRow) => void): readonly DataColumn<LibraryRow>[] {
  return [
    { id: "name", header: "Library", value: ({ name }) => name },
    { id: "city", header: "City", value: ({ city }) => city, wideOnly: true },
    {
      id: "rating",
      header: "Rating",
      value: ({ rating_average }) => rating_average,
      cell: ({ rating_average, rating_count }) =>
        rating_average === null ? "none yet" : `${rating_average} of 5 (${rating_count})`,
      wideOnly: true,
    },
    {
      id: "state",
      header: "State",
      value: ({ status }) => STANDINGS[status]?.label ?? status,
      cell: ({ status }) => <Standing status={status} />,
    },
    {
      id: "steps",
      header: "Decide",
      value: () => "",
      sortable: false,
      cell: (library) => (
        <Group gap="xs" wrap="nowrap">
          {library.status === "approved" ? (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Suspend ${library.name}`}
              onClick={() => onSuspend(library)}
            >
              Suspend
            </Button>
          ) : (
            <ApproveButton library={library} />
          )}
        </Group>
      ),
    },
  ];
}

function Standing({ status }: { readonly status: string }) {
  const { label, tone, Sign } = STANDINGS[status] ?? { label: status, tone: "quiet", Sign: IconHourglass };
  return (
    <ToneBadge tone={tone} sign={<Sign size={14} aria-hidden="true" />}>
      {label}
    </ToneBadge>
  );
}

function ApproveButton({ library: { id, name } }: { readonly library: LibraryRow }) {
  const approve = useOperation<{ library_id: string }, object>("approve_library", {
    onSuccess: () => showToast({ id: "approve", kind: "good", title: "Done!", message: `Students see ${name} now.` }),
    onError: tellRefusal("approve"),
  });
  return (
    <Button
      size="compact-sm"
      aria-label={`Approve ${name}`}
      loading={approve.isPending}
      onClick={() => approve.mutate({ library_id: id })}
    >
      Approve
    </Button>
  );
}

function useAllLibraries() {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<LibraryRow>({
    topic: "all-libraries",
    bindings: [{ event: "*", schema: "public", table: "libraries" }],
    queryKey: ["libraries", "all"],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) => {
      const all = client.supabase.from("libraries").select().abortSignal(signal);
      return unwrap(await all.overrideTypes<LibraryRow[], { merge: false }>());
    },
  });
  return { libraries: rows && waitingFirst(rows), error, reload };
}

/** Those that wait for a decision on top, each kind by name; without those that were removed. Pure. */
export function waitingFirst(libraries: readonly LibraryRow[]): readonly LibraryRow[] {
  return libraries
    .filter(({ deleted_at }) => deleted_at === null)
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name));
}
