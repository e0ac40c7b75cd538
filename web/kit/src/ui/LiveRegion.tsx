/**
 * Speaks what the announcer says, politely. One per page.
 */
import { VisuallyHidden } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useProject } from "../hooks";

export function LiveRegion() {
  const { spoken } = useProject().announcer;
  const sentence = useSyncExternalStore(spoken.subscribe, spoken.get);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {sentence}
    </VisuallyHidden>
  );
}
