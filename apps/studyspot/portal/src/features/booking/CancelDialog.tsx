/**
 * Cancels a booking, after it was said what that costs. That it is done is told by its event, to both sides.
 */
import { CancelDialog as KitDialog, type CancelDialogProps } from "@millstream/kit/ui";
import { money } from "../money";
import { refusals } from "./refusals";

export function CancelDialog(props: Pick<CancelDialogProps, "booking" | "opened" | "onClose">) {
  return <KitDialog {...props} money={money} refusals={refusals} />;
}
