/**
 * Whether an endpoint gets anything, and why not.
 */
import { type Tone, ToneBadge } from "../ui";
import type { Endpoint } from "./answers";

const STATES: Readonly<Record<Endpoint["state"], { readonly tone: Tone; readonly label: string }>> = {
  enabled: { tone: "good", label: "Enabled" },
  paused: { tone: "warn", label: "Paused" },
  disabled: { tone: "bad", label: "Disabled" },
};

export function StateBadge({ endpoint: { state, health } }: { readonly endpoint: Endpoint }) {
  if (state === "enabled" && health.failing_since !== null) {
    return <ToneBadge tone="warn">Failing, {health.failures} in a row</ToneBadge>;
  }
  const { tone, label } = STATES[state];
  return <ToneBadge tone={tone}>{label}</ToneBadge>;
}
