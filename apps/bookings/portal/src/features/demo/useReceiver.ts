/**
 * How the demo's receiver behaves, for everybody who looks at it; and the way to change that.
 */
import { useOperation, useTableRows } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { useState } from "react";

interface Behaviour {
  readonly organisation_id: string;
  readonly mode: string;
}

export interface UseReceiver {
  /** Null where the organisation has none, undefined until it is known. */
  readonly mode: string | null | undefined;
  readonly change: (mode: string) => void;
}

export function useReceiver(organisation: string): UseReceiver {
  const [asked, setAsked] = useState<string | null>(null);
  const { rows } = useTableRows<Behaviour>({
    table: "receivers",
    of: { column: "organisation_id", id: organisation },
    select: "organisation_id, mode",
    keyedBy: ["organisation_id"],
    event: "UPDATE",
  });
  const change = useOperation<Behaviour, Behaviour>("receiver_behaviour", {
    optimistic: ({ mode }) => {
      setAsked(mode);
      return () => setAsked(null);
    },
    onSuccess: () => setAsked(null),
    onError: ({ message }) =>
      showToast({ id: "receiver", kind: "problem", title: "The receiver was not changed", message }),
  });
  return {
    mode: rows && (asked ?? rows[0]?.mode ?? null),
    change: (mode) => change.mutate({ organisation_id: organisation, mode }),
  };
}
