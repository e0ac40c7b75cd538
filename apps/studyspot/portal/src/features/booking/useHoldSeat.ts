/**
 * Holds a seat, a certain one or any that fits, for the visitor, who is signed in as a guest first if need be; explains a
 * refusal. Nothing is shown as held before the server has said so.
 */
import { useOperation, useSession } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { useState } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import { refusal } from "./refusals";

interface Times {
  readonly start_time: string;
  readonly end_time: string;
}

export interface HoldSeat extends Times {
  readonly seat_id: string;
}

export interface HoldAny extends Times {
  readonly library_id: string;
  readonly attributes?: readonly string[];
  readonly zone_id?: string;
}

export interface UseHoldSeat {
  readonly holdSeat: (wanted: HoldSeat) => void;
  readonly holdAny: (wanted: HoldAny) => void;
  readonly isPending: boolean;
}

export function useHoldSeat(library: LibraryRow, onHeld: (booking: BookingRow) => void): UseHoldSeat {
  const { ensureSession } = useSession();
  const [isSigningIn, setSigningIn] = useState(false);
  const options = {
    onSuccess: onHeld,
    onError: (error: Parameters<typeof refusal>[0]) =>
      showToast({ id: "hold", kind: "problem", ...refusal(error, library.timezone) }),
  };
  const one = useOperation<HoldSeat, BookingRow>("hold_seat", options);
  const any = useOperation<HoldAny, BookingRow>("hold_any_seat", options);
  const asSomebody = (hold: () => void): void => {
    setSigningIn(true);
    ensureSession()
      .then(hold)
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        showToast({ id: "hold", kind: "problem", title: "The seat could not be held", message });
      })
      .finally(() => setSigningIn(false));
  };
  return {
    holdSeat: (wanted) => asSomebody(() => one.mutate(wanted)),
    holdAny: (wanted) => asSomebody(() => any.mutate(wanted)),
    isPending: isSigningIn || one.isPending || any.isPending,
  };
}
