/**
 * What a refused hold or release means to the visitor, by the operation's error code. Pure.
 */
import type { RequestFailed } from "@millstream/kit/client";

export interface Refusal {
  readonly title: string;
  readonly message: string;
}

const NOTHING_HAPPENED = "Nothing was held and nothing was charged.";

export function refusal({ code, message, details }: RequestFailed, ticketName: string): Refusal {
  switch (code) {
    case "sold_out": {
      const left = availableCount(details);
      if (left === 0)
        return { title: `${ticketName} just sold out`, message: `Somebody was faster. ${NOTHING_HAPPENED}` };
      return { title: `Only ${left ?? "few"} left of ${ticketName}`, message: "Choose fewer and select again." };
    }
    case "already_held":
      return { title: `You already hold ${ticketName}`, message: "Give it back first if you want another number." };
    case "network":
      return { title: "The server could not be reached", message: "Your selection is kept: try again in a moment." };
    default:
      return { title: `${ticketName} could not be held`, message };
  }
}

function availableCount(details: unknown): number | null {
  const found = typeof details === "string" ? parsed(details) : details;
  const count = (found as { available_count?: unknown } | null)?.available_count;
  return typeof count === "number" ? count : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
