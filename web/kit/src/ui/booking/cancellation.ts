/**
 * What cancelling a booking means in money, as the operation `cancellation_terms` answers it. Pure.
 */
import { sayMoment } from "../../time";
import type { SayMoney } from "./money";

export interface CancellationTerms {
  readonly refund: string | number;
  readonly fee: string | number;
  readonly currency: string;
  readonly free_until: string | null;
}

/** Say terms to either side: whoever booked, or whoever works there. */
export function sayTerms(
  { refund, fee, currency, free_until }: CancellationTerms,
  zone: string,
  money: SayMoney,
): string {
  const back = Number(refund) > 0 ? ` ${money(Number(refund), currency)} are paid back.` : "";
  if (Number(fee) > 0) return `Cancelling now costs ${money(Number(fee), currency)}.${back}`;
  const until = free_until === null ? "" : ` That holds until ${sayMoment(free_until, zone)}.`;
  return `Cancelling is free now.${back}${until}`;
}
