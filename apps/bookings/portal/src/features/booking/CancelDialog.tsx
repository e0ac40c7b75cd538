/**
 * Cancels a booking, after it was said what that costs.
 */
import { CancelDialog as KitDialog, type CancelDialogProps, showToast } from "@millstream/kit/ui";
import { refusals } from "./refusals";

const tell = (): void => showToast({ id: "cancel", kind: "good", title: "The booking is cancelled" });

export function CancelDialog(props: Pick<CancelDialogProps, "booking" | "opened" | "onClose">) {
  return <KitDialog {...props} refusals={refusals} onCancelled={tell} />;
}
