/**
 * Tells the visitor that a ticket is running out, without shouting: one message a ticket, and one for all when many
 * run out at once.
 */
import { useToastStream } from "@millstream/kit/ui";

export type ShowLowAvailabilityWarning = (name: string, availableCount: number) => void;

export function useLowAvailabilityWarning(): ShowLowAvailabilityWarning {
  return useToastStream<number>({
    one: (left, name) => ({ id: `low:${name}`, kind: "warning", title: `Only ${left} left!`, message: name }),
    many: (tickets) => {
      const message = [...tickets].map(([name, left]) => `${name}: ${left}`).join(", ");
      return { id: "low", kind: "warning", title: `${tickets.size} tickets are running out`, message };
    },
  });
}
