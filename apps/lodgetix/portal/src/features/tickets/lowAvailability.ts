/**
 * Tells the visitor that a ticket is running out, without shouting: one message a ticket, and one for all when many
 * run out at once.
 */
import { Bursts } from "@millstream/kit/live";
import { useProject } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { useCallback, useEffect, useState } from "react";

export type ShowLowAvailabilityWarning = (name: string, availableCount: number) => void;

export function useLowAvailabilityWarning(): ShowLowAvailabilityWarning {
  const { announcer } = useProject();
  const [bursts] = useState(
    () =>
      new Bursts<number>(
        (name, left) => {
          showToast({ id: `low:${name}`, kind: "warning", title: `Only ${left} left!`, message: name });
          announcer.say(`Only ${left} left of ${name}.`);
        },
        (tickets) => {
          const message = [...tickets].map(([name, left]) => `${name}: ${left}`).join(", ");
          showToast({ id: "low", kind: "warning", title: `${tickets.size} tickets are running out`, message });
        },
      ),
  );
  useEffect(() => () => bursts.clear(), [bursts]);
  return useCallback((name, availableCount) => bursts.add(name, availableCount), [bursts]);
}
