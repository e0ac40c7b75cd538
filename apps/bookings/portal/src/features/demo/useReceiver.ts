/**
 * How the demo's receiver behaves, for everybody who looks at it; and the way to change that.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useOperation, useProject } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { useState } from "react";
import type { Database } from "../../database.types";

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
  const { client } = useProject();
  const [asked, setAsked] = useState<string | null>(null);
  const { rows } = useLiveRows<Behaviour>({
    topic: `receiver:${organisation}`,
    bindings: [{ event: "UPDATE", schema: "public", table: "receivers", filter: `organisation_id=eq.${organisation}` }],
    queryKey: ["receivers", organisation],
    keyOf: (row) => String(row.organisation_id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("receivers")
          .select("organisation_id, mode")
          .eq("organisation_id", organisation)
          .abortSignal(signal),
      ),
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
