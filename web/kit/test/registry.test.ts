import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveRegistry } from "../src/live";

class Counted {
  started = 0;
  stopped = 0;

  start(): void {
    this.started++;
  }

  stop(): void {
    this.stopped++;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the registry of live stores", () => {
  it("shares one store among all that name it, and starts it once", () => {
    const registry = new LiveRegistry();
    const store = registry.get("tickets", () => new Counted());
    registry.use("tickets");
    registry.use("tickets");
    expect(registry.get("tickets", () => new Counted())).toBe(store);
    expect(store.started).toBe(1);
  });

  it("stops a store a moment after its last user has gone", () => {
    const registry = new LiveRegistry();
    const store = registry.get("tickets", () => new Counted());
    const releases = [registry.use("tickets"), registry.use("tickets")];
    releases[0]?.();
    vi.runAllTimers();
    expect(store.stopped).toBe(0);
    releases[1]?.();
    vi.runAllTimers();
    expect(store.stopped).toBe(1);
    expect(registry.get("tickets", () => new Counted())).not.toBe(store);
  });

  it("keeps a store that is used again at once, as strict mode does", () => {
    const registry = new LiveRegistry();
    const store = registry.get("tickets", () => new Counted());
    registry.use("tickets")();
    registry.use("tickets");
    vi.runAllTimers();
    expect(store.stopped).toBe(0);
  });
});
