/**
 * The monthly passes of a library, those that are still to be paid on top, and taking the payment at the desk.
 */
import { Button } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { sayDays } from "@millstream/kit/time";
import { type DataColumn, type DataFilter, DataTable, showToast, ToneBadge } from "@millstream/kit/ui";
import type { LibraryRow, PassRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { money } from "../money";
import { useLibraryRows } from "../useLibraryRows";

const PAYMENTS = [
  { value: "at_place", label: "To be paid" },
  { value: "paid", label: "Paid" },
];
const FILTERS: readonly DataFilter<PassRow>[] = [
  {
    id: "payment",
    label: "Payment",
    options: PAYMENTS,
    matches: ({ payment_status }, chosen) => payment_status === chosen,
  },
];

export function PassesTable({ library: { id, timezone } }: { readonly library: LibraryRow }) {
  const { rows, error, reload } = useLibraryRows("passes", id);
  const { mutate, isPending, variables } = useOperation<{ pass_id: string }, PassRow>("take_payment", {
    onSuccess: ({ pass_number: number }) =>
      showToast({ id: "pass", kind: "good", title: "Done!", message: `Pass ${number} is paid.` }),
    onError: tellRefusal("pass", timezone),
  });
  const payment: DataColumn<PassRow> = {
    id: "payment",
    header: "Payment",
    value: ({ payment_status }) => PAYMENTS.find(({ value }) => value === payment_status)?.label,
    cell: ({ id: pass_id, pass_number, payment_status }) =>
      payment_status === "paid" ? (
        <ToneBadge tone="good">Paid</ToneBadge>
      ) : (
        <Button
          size="compact-sm"
          aria-label={`Payment taken for ${pass_number}`}
          loading={isPending && variables.pass_id === pass_id}
          onClick={() => mutate({ pass_id })}
        >
          Payment taken
        </Button>
      ),
  };
  return (
    <DataTable
      label="Passes"
      columns={[...COLUMNS, payment]}
      filters={FILTERS}
      rows={rows && unpaidFirst(rows)}
      keyOf={(pass) => pass.id}
      error={error}
      onRetry={reload}
      empty="Nobody has a pass yet. They are sold where a price has an amount for the month."
    />
  );
}

const COLUMNS: readonly DataColumn<PassRow>[] = [
  {
    id: "number",
    header: "Number",
    value: ({ pass_number }) => pass_number,
    cell: ({ pass_number }) => <span className="kit-numbers">{pass_number}</span>,
  },
  {
    id: "days",
    header: "Days",
    value: ({ first_day }) => first_day,
    cell: ({ first_day, last_day }) => sayDays(first_day, last_day),
  },
  {
    id: "price",
    header: "Amount",
    value: ({ price }) => price,
    cell: ({ price, currency }) => money(price, currency),
    align: "end",
    wideOnly: true,
  },
];

/** Those that hold or will, the unpaid first, each kind the newest first. Pure. */
export function unpaidFirst(passes: readonly PassRow[]): readonly PassRow[] {
  const isPaid = ({ payment_status }: PassRow): number => (payment_status === "paid" ? 1 : 0);
  return passes
    .filter(({ status }) => status === "active")
    .toSorted((a, b) => isPaid(a) - isPaid(b) || Date.parse(b.created_at) - Date.parse(a.created_at));
}
