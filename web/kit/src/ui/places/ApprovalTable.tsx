/**
 * All places of a platform, those that wait for approval on top, and what administrators do with them: by the operations
 * `approve_…` and `suspend_…`, as `kit.approved_places` names them.
 */
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import type { RequestFailed } from "../../client";
import { useOperation, useTableRows } from "../../hooks";
import { ConfirmDialog } from "../ConfirmDialog";
import { type DataColumn, type DataFilter, DataTable } from "../table";
import { ToneBadge } from "../ToneBadge";
import { showToast } from "../toasts";
import { type ApprovedPlace, standingOf, STANDINGS, waitingFirst } from "./approval";

interface Props<Row extends ApprovedPlace> {
  readonly label: string;
  readonly table: string;
  /** The column by which other tables name the places: `branch_id`, for `approve_branch`. */
  readonly column: `${string}_id`;
  /** Stand between the name and the state. */
  readonly columns: readonly DataColumn<Row>[];
  readonly empty: string;
  /** What follows when one is approved, and when one is suspended. */
  readonly sayApproved: (place: Row) => string;
  readonly whenSuspended: string;
  readonly onRefused: (refusal: RequestFailed) => void;
}

const FILTERS: readonly DataFilter<ApprovedPlace>[] = [
  {
    id: "state",
    label: "State",
    options: Object.entries(STANDINGS).map(([value, { label }]) => ({ value, label })),
    matches: ({ status }, chosen) => status === chosen,
  },
];

export function ApprovalTable<Row extends ApprovedPlace>(props: Props<Row>) {
  const { label, table, columns, empty, whenSuspended } = props;
  const { rows, error, reload } = useTableRows<Row>({ table });
  const [suspending, setSuspending] = useState<Row | null>(null);
  const { approve, suspend, approving, isSuspending } = useDecisions(props, () => setSuspending(null));
  const all = useMemo(
    () => [...columnsOf(columns), decideColumn<Row>(approving, approve, setSuspending)],
    [columns, approving, approve],
  );
  return (
    <>
      <DataTable
        label={label}
        columns={all}
        filters={FILTERS}
        rows={rows && waitingFirst(rows)}
        error={error}
        onRetry={reload}
        keyOf={({ id }) => id}
        empty={empty}
      />
      <ConfirmDialog
        opened={suspending !== null}
        title={`Suspend ${suspending?.name ?? ""}?`}
        action="Suspend"
        isPending={isSuspending}
        onClose={() => setSuspending(null)}
        onConfirm={() => suspending && suspend(suspending)}
      >
        {whenSuspended}
      </ConfirmDialog>
    </>
  );
}

function useDecisions<Row extends ApprovedPlace>(props: Props<Row>, done: () => void) {
  const { column, sayApproved, onRefused: onError } = props;
  const noun = column.replace(/_id$/, "");
  const approving = useOperation<object, object>(`approve_${noun}`, { onError });
  const suspending = useOperation<object, object>(`suspend_${noun}`, { onError, onSuccess: done });
  const { mutate: approve } = approving;
  return {
    approving: approving.isPending ? (approving.variables as Record<string, unknown>)[column] : undefined,
    isSuspending: suspending.isPending,
    approve: (place: Row): void => {
      const onSuccess = (): void =>
        showToast({ id: "approval", kind: "good", title: "Done!", message: sayApproved(place) });
      approve({ [column]: place.id }, { onSuccess });
    },
    suspend: (place: Row): void => suspending.mutate({ [column]: place.id, reason: "Suspended by an administrator" }),
  };
}

function columnsOf<Row extends ApprovedPlace>(between: readonly DataColumn<Row>[]): readonly DataColumn<Row>[] {
  return [
    { id: "name", header: "Name", value: ({ name }) => name },
    ...between,
    {
      id: "state",
      header: "State",
      value: ({ status }) => standingOf(status).label,
      cell: ({ status }) => <Standing status={status} />,
    },
  ];
}

function decideColumn<Row extends ApprovedPlace>(
  approving: unknown,
  onApprove: (place: Row) => void,
  onSuspend: (place: Row) => void,
): DataColumn<Row> {
  return {
    id: "steps",
    header: "Decide",
    value: () => "",
    sortable: false,
    cell: (place) => {
      const isApproved = place.status === "approved";
      const verb = isApproved ? "Suspend" : "Approve";
      return (
        <Button
          size="compact-sm"
          variant={isApproved ? "default" : "filled"}
          aria-label={`${verb} ${place.name}`}
          loading={approving === place.id}
          onClick={() => (isApproved ? onSuspend : onApprove)(place)}
        >
          {verb}
        </Button>
      );
    },
  };
}

export function Standing({ status }: { readonly status: string }) {
  const { label, tone, Sign } = standingOf(status);
  return (
    <ToneBadge tone={tone} sign={<Sign size={14} aria-hidden="true" />}>
      {label}
    </ToneBadge>
  );
}
