/** What kinds of announcements there are, as the kit's table knows them. Pure. */
import type { ToastKind } from "../toasts";
import type { Tone } from "../ToneBadge";

interface Severity {
  readonly label: string;
  readonly tone: Tone;
  readonly toast: ToastKind;
}

export const SEVERITIES: Readonly<Record<string, Severity>> = {
  info: { label: "News", tone: "quiet", toast: "news" },
  success: { label: "Good news", tone: "good", toast: "good" },
  warning: { label: "Warning", tone: "warn", toast: "warning" },
};

/** One that is not known is shown as it is. */
export function severityOf(name: string): Severity {
  return SEVERITIES[name] ?? { label: name, tone: "quiet", toast: "news" };
}
