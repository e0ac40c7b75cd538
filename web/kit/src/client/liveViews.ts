/**
 * Opens the channel of a live view: the rows of a query that the server runs again whenever they change.
 *
 * The first value comes with each join, so that after a lost connection the listener is right again by itself. Several
 * listeners of one view share nothing here; `live/` does that.
 */
import { REALTIME_SUBSCRIBE_STATES } from "@supabase/supabase-js";
import type { ProjectClient } from "./project";

export interface ViewValue<Row> {
  readonly rows: readonly Row[];
  /** The database's time at which the rows were so. */
  readonly as_of: string;
}

export interface ViewListener<Row> {
  value(value: ViewValue<Row>): void;
  /** The server could not compute the view; what it sent before is old. */
  failed(code: string, message: string): void;
  interrupted(reason: string): void;
}

export type OpenView<Row> = (listener: ViewListener<Row>) => () => void;

/** Name the topic of a view with its key, the values of its parameters in their order. */
export function viewTopic(view: string, key: readonly string[]): string {
  const written = (part: string): string => encodeURIComponent(part).replace(/[!'()*]/g, percent);
  return ["view", view, ...key.map(written)].join(":");
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

export function liveView<Row>(client: ProjectClient, topic: string): OpenView<Row> {
  return (listener) => {
    let closed = false;
    let leave = (): void => undefined;
    void client.leaving.of(topic).then(() => {
      if (!closed) leave = join(client, topic, listener);
    });
    return () => {
      if (closed) return;
      closed = true;
      leave();
    };
  };
}

function join<Row>(client: ProjectClient, topic: string, listener: ViewListener<Row>): () => void {
  const channel = client.supabase.channel(topic, { config: { private: true } });
  channel.on<ViewValue<Row>>("broadcast", { event: "value" }, ({ payload }) => listener.value(payload));
  channel.on<{ code: string; message: string }>("broadcast", { event: "error" }, ({ payload }) => {
    listener.failed(payload.code, payload.message);
  });
  channel.subscribe((status, error) => {
    if (status !== REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) listener.interrupted(error?.message ?? status);
  });
  return () => client.leaving.add(topic, client.supabase.removeChannel(channel));
}
