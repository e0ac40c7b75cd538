/** What kinds of announcements there are. Pure. */
import type { Tone } from "@millstream/kit/ui";

export const SEVERITIES: Readonly<Record<string, { readonly label: string; readonly tone: Tone }>> = {
  info: { label: "News", tone: "quiet" },
  success: { label: "Good news", tone: "good" },
  warning: { label: "Warning", tone: "warn" },
};
