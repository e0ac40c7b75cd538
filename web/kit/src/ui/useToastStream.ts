/**
 * Toasts for a stream of events, without shouting: one message a subject, one for all when they come thick and fast, at
 * most one sound a burst; screen readers hear the latest.
 */
import { useCallback, useEffect, useEffectEvent, useRef } from "react";
import { useProject } from "../hooks";
import { Bursts } from "../live";
import { showToast, type Toast } from "./toasts";

export interface ToastStream<Event> {
  /** What to show of one; null shows nothing. */
  readonly one: (event: Event, key: string) => Toast | null;
  /** What to show of many, by subject, each the last of its own. */
  readonly many: (events: ReadonlyMap<string, Event>) => Toast;
  readonly withSound?: boolean;
}

/** Return the function that tells of an event; events of one key within a moment are one, the last. */
export function useToastStream<Event>(stream: ToastStream<Event>): (key: string, event: Event) => void {
  const { announcer, chime } = useProject();
  const show = useEffectEvent((toast: Toast | null) => {
    if (!toast) return;
    showToast({ ...toast, isQuiet: true });
    announcer.say(toSentence(toast));
    if (stream.withSound) chime.ring();
  });
  const one = useEffectEvent((key: string, event: Event) => show(stream.one(event, key)));
  const many = useEffectEvent((events: ReadonlyMap<string, Event>) => show(stream.many(events)));
  const current = useRef<Bursts<Event> | null>(null);
  useEffect(() => {
    const bursts = new Bursts<Event>(
      (key, event) => one(key, event),
      (events) => many(events),
    );
    current.current = bursts;
    return () => {
      current.current = null;
      bursts.clear();
    };
  }, []);
  return useCallback((key, event) => current.current?.add(key, event), []);
}

function toSentence({ title, message = "" }: Toast): string {
  if (message === "") return title;
  return `${title}${/[.!?]$/.test(title) ? "" : ":"} ${message}`;
}
