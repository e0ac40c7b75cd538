/**
 * Reports what the one WebSocket of a client does, through the `transport` option that supabase-js offers.
 *
 * It sees every socket that the library opens, in order, and changes nothing about them.
 */
export type SocketEvent =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "message" }
  /** `wanted` when this page closed the socket because nothing needs it any more. */
  | { readonly kind: "closed"; readonly code: number; readonly wanted: boolean };

export type SocketListener = (event: SocketEvent) => void;

const NORMAL_CLOSURE = [1000, 1005];

/** Return a WebSocket class whose instances report to the listener. */
export function observedWebSocket(listener: SocketListener): typeof WebSocket {
  return class ObservedWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      listener({ kind: "connecting" });
      this.addEventListener("open", () => listener({ kind: "open" }));
      this.addEventListener("message", () => listener({ kind: "message" }));
      this.addEventListener("close", (event) => {
        listener({ kind: "closed", code: event.code, wanted: isWanted(event) });
      });
    }
  };
}

/** A missed heartbeat closes with a normal code too, but says so; the library reconnects after it. */
function isWanted(event: CloseEvent): boolean {
  return event.wasClean && NORMAL_CLOSURE.includes(event.code) && event.reason !== "heartbeat timeout";
}
