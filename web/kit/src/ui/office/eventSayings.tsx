/**
 * Rows of the kit's event log as entries of a timeline: a title, a sign and a tone for each type of event. Pure.
 */
import { IconPoint } from "@tabler/icons-react";
import type { TimelineEntry, TimelineTone } from "../Timeline";

export interface EventSaying {
  readonly title: string;
  readonly tone: TimelineTone;
  readonly Sign: typeof IconPoint;
}

export interface LoggedEvent {
  readonly id: string;
  readonly event_type: string;
  /** Who did it, in one word: `staff`, `system`. */
  readonly actor: string;
  readonly created_at: string;
}

/** A type that has no saying is shown by its own name, and so is an actor. */
export function sayEvent(
  { id, event_type, actor, created_at }: LoggedEvent,
  sayings: Readonly<Record<string, EventSaying>>,
  actors: Readonly<Record<string, string>>,
  detail: string,
): TimelineEntry {
  const { title, tone, Sign } = sayings[event_type] ?? { title: event_type, tone: "neutral", Sign: IconPoint };
  return {
    id,
    at: created_at,
    title,
    ...(detail !== "" && { detail }),
    by: actors[actor] ?? actor,
    icon: <Sign size={18} aria-hidden="true" />,
    tone,
  };
}
