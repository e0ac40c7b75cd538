import { describe, expect, it } from "vitest";
import type { SocketEvent, SocketListener } from "../src/client";
import { Connection, worseOf } from "../src/live";

function connection() {
  const window = new EventTarget();
  const listeners = new Set<SocketListener>();
  const reconnects: number[] = [];
  const source = {
    watchSocket: (listener: SocketListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconnect: () => {
      reconnects.push(1);
      return Promise.resolve();
    },
  };
  const watched = new Connection(source, window);
  watched.start();
  const hear = (...events: SocketEvent[]): void => {
    for (const event of events) listeners.forEach((listener) => listener(event));
  };
  return { watched, hear, window, reconnects, phase: () => watched.status.get().phase };
}

const CONNECTING = { kind: "connecting" } as const;
const OPEN = { kind: "open" } as const;
const LOST = { kind: "closed", code: 1006, wanted: false } as const;
const LEFT = { kind: "closed", code: 1000, wanted: true } as const;

describe("the connection", () => {
  it("is idle until something needs it, then connecting, then live", () => {
    const { hear, phase } = connection();
    expect(phase()).toBe("idle");
    hear(CONNECTING);
    expect(phase()).toBe("connecting");
    hear(OPEN);
    expect(phase()).toBe("live");
  });

  it("is reconnecting when it was lost, and live again when it is back", () => {
    const { hear, phase } = connection();
    hear(CONNECTING, OPEN, LOST, CONNECTING);
    expect(phase()).toBe("reconnecting");
    hear(OPEN);
    expect(phase()).toBe("live");
  });

  it("is offline after five failed attempts", () => {
    const { hear, phase } = connection();
    hear(CONNECTING, OPEN, LOST);
    for (let attempt = 1; attempt <= 4; attempt++) hear(CONNECTING, LOST);
    expect(phase()).toBe("reconnecting");
    hear(CONNECTING, LOST);
    expect(phase()).toBe("offline");
  });

  it("counts attempts anew after each time that it was live", () => {
    const { hear, phase } = connection();
    hear(CONNECTING, OPEN, LOST, LOST, LOST, LOST, OPEN, LOST);
    expect(phase()).toBe("reconnecting");
  });

  it("is idle, not lost, when the page closed it itself", () => {
    const { hear, phase } = connection();
    hear(CONNECTING, OPEN, LEFT);
    expect(phase()).toBe("idle");
  });

  it("is offline as soon as the browser says so, and tries at once when the network is back", () => {
    const { hear, window, phase, reconnects } = connection();
    hear(CONNECTING, OPEN);
    window.dispatchEvent(new Event("offline"));
    hear(LOST);
    expect(phase()).toBe("offline");
    window.dispatchEvent(new Event("online"));
    expect(phase()).toBe("reconnecting");
    expect(reconnects).toHaveLength(1);
  });

  it("tries at once when the reader comes back, and not while it is live", () => {
    const { hear, window, reconnects } = connection();
    hear(CONNECTING, OPEN);
    window.dispatchEvent(new Event("visibilitychange"));
    expect(reconnects).toHaveLength(0);
    hear(LOST);
    window.dispatchEvent(new Event("visibilitychange"));
    expect(reconnects).toHaveLength(1);
  });

  it("of a page that has two is as well as the worse of them", () => {
    const [one, other] = [connection(), connection()];
    const phase = () => worseOf(one.watched.status.get(), other.watched.status.get()).phase;
    expect(phase()).toBe("idle");
    one.hear(CONNECTING, OPEN);
    expect(phase()).toBe("live");
    other.hear(CONNECTING, OPEN, LOST);
    expect(phase()).toBe("reconnecting");
  });

  it("remembers when the server was last heard", () => {
    const { hear, watched } = connection();
    hear(CONNECTING, OPEN, { kind: "message" }, LOST);
    expect(watched.status.get().lastHeard).toBeInstanceOf(Date);
  });

  it("does not wake the page for every message", () => {
    const { hear, watched } = connection();
    hear(CONNECTING, OPEN);
    let woken = 0;
    watched.status.subscribe(() => woken++);
    hear({ kind: "message" }, { kind: "message" });
    expect(woken).toBe(0);
  });

  it("hears nothing after it was stopped", () => {
    const { hear, watched, phase } = connection();
    watched.stop();
    hear(CONNECTING, OPEN);
    expect(phase()).toBe("idle");
  });
});
