/**
 * The switch with which somebody is told on this device, too, and why it cannot be had where it cannot.
 */
import { Switch } from "@mantine/core";
import type { PushState } from "../client";
import { usePush } from "../hooks";

const SAYINGS: Record<PushState, string> = {
  on: "What concerns you is shown here, also while this is closed.",
  off: "Show what concerns you here, also while this is closed.",
  denied: "Your browser blocks notifications of this site. Allow them in its settings for the site.",
  unsupported: "This browser cannot show notifications.",
  "needs installation": "Add this to your home screen first, by “Share” and “Add to Home Screen”, and open it there.",
};

/** Nothing is shown until it is known. For portals with a service worker, of applications that call `kit.web_push()`. */
export function PushSwitch() {
  const { state, isChanging, error, turn } = usePush();
  if (state === undefined) return null;
  return (
    <Switch
      label="Notify me on this device"
      description={SAYINGS[state]}
      error={error?.message}
      checked={state === "on"}
      disabled={isChanging || (state !== "on" && state !== "off")}
      onChange={({ currentTarget }) => turn(currentTarget.checked)}
    />
  );
}
