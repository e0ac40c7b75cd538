/**
 * What a refused hold or release means to the visitor, by the operation's error code. Pure.
 */
import { factsOf, type RequestFailed } from "@millstream/kit/client";
import type { Refusal } from "@millstream/kit/ui";

const NOTHING_HAPPENED = "Nothing was held and nothing was charged.";

export function refusal({ code, message, details }: RequestFailed, ticketName: string): Refusal {
  switch (code) {
    case "sold_out": {
      const { available_count: left } = factsOf(details);
      if (left === 0)
        return { title: `${ticketName} just sold out`, message: `Somebody was faster. ${NOTHING_HAPPENED}` };
      const few = typeof left === "number" ? left : "few";
      return { title: `Only ${few} left of ${ticketName}`, message: "Choose fewer and select again." };
    }
    case "already_held":
      return { title: `You already hold ${ticketName}`, message: "Give it back first if you want another number." };
    case "network":
      return { title: "The server could not be reached", message: "Your selection is kept: try again in a moment." };
    default:
      return { title: `${ticketName} could not be held`, message };
  }
}
