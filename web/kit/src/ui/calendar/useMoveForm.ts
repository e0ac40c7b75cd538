/**
 * What is typed to move an entry, and sending it.
 */
import { type SubmitEvent, useState } from "react";
import { instantAt, wallTime } from "../../time";
import type { CalendarEntry, CalendarMove } from "./entries";

const MINUTE_MS = 60_000;

export interface MoveForm {
  /** As a field for local time writes it: `2026-11-21T14:30`. */
  readonly start: string;
  readonly minutes: number;
  readonly resourceId: string | undefined;
}

export interface UseMoveForm {
  readonly form: MoveForm;
  readonly change: (part: Partial<MoveForm>) => void;
  readonly isPending: boolean;
  readonly problem: string | null;
  readonly submit: (event: SubmitEvent) => void;
}

export function useMoveForm(
  entry: CalendarEntry,
  zone: string,
  onMove: (move: CalendarMove) => Promise<unknown>,
  onDone: () => void,
): UseMoveForm {
  const [form, setForm] = useState<MoveForm>(() => ({
    start: wallTime(entry.startsAt, zone).slice(0, 16).replace(" ", "T"),
    minutes: (Date.parse(entry.endsAt) - Date.parse(entry.startsAt)) / MINUTE_MS,
    resourceId: entry.resourceId,
  }));
  const [state, setState] = useState<{ isPending: boolean; problem: string | null }>({
    isPending: false,
    problem: null,
  });
  const send = async (): Promise<void> => {
    setState({ isPending: true, problem: null });
    try {
      await onMove(toMove(entry.id, form, zone));
      setState({ isPending: false, problem: null });
      onDone();
    } catch (error) {
      setState({ isPending: false, problem: error instanceof Error ? error.message : String(error) });
    }
  };
  return {
    form,
    change: (part) => setForm((present) => ({ ...present, ...part })),
    ...state,
    submit: (event) => {
      event.preventDefault();
      void send();
    },
  };
}

function toMove(id: string, { start, minutes, resourceId }: MoveForm, zone: string): CalendarMove {
  const startsAt = instantAt(`${start.replace("T", " ")}:00`, zone);
  const endsAt = new Date(startsAt.getTime() + minutes * MINUTE_MS);
  return { id, startsAt, endsAt, ...(resourceId !== undefined && { resourceId }) };
}
