import { describe, expect, it } from "vitest";
import { viewTopic, type ViewListener } from "../src/client";
import { ViewState } from "../src/live";

interface Sales {
  readonly status: string;
}

function view() {
  let listener: ViewListener<Sales> | null = null;
  let left = 0;
  const live = new ViewState<Sales>((heard) => {
    listener = heard;
    return () => left++;
  });
  live.start();
  const channel = listener as unknown as ViewListener<Sales>;
  return { live, channel, state: () => live.state.get(), left: () => left };
}

const FIRST = { rows: [{ status: "held" }], as_of: "2026-11-21T12:00:00Z" };

describe("a live view", () => {
  it("has no rows until the first value, then the newest", () => {
    const { channel, state } = view();
    expect(state().rows).toBeUndefined();
    channel.value(FIRST);
    channel.value({ ...FIRST, rows: [] });
    expect(state()).toEqual({ rows: [], asOf: new Date(FIRST.as_of), stale: false, error: null });
  });

  it("keeps its rows while the server cannot compute new ones, and says so", () => {
    const { channel, state } = view();
    channel.value(FIRST);
    channel.failed("live_view_failed", "The view could not be computed.");
    expect(state()).toMatchObject({ rows: FIRST.rows, stale: true, error: { code: "live_view_failed" } });
    channel.value(FIRST);
    expect(state().error).toBeNull();
  });

  it("is stale, not wrong, while the connection is lost", () => {
    const { channel, state } = view();
    channel.value(FIRST);
    channel.interrupted("CHANNEL_ERROR");
    expect(state()).toMatchObject({ rows: FIRST.rows, stale: true, error: null });
  });

  it("says what is wrong to whoever has seen nothing yet", () => {
    const { channel, state } = view();
    channel.interrupted("not allowed");
    expect(state().error?.message).toContain("not allowed");
  });

  it("is left and forgotten when nobody looks any more", () => {
    const { live, channel, state, left } = view();
    channel.value(FIRST);
    live.stop();
    live.stop();
    expect(left()).toBe(1);
    expect(state().rows).toBeUndefined();
  });

  it("has a topic of its name and its key", () => {
    expect(viewTopic("sales", ["3c6e", "a:b!"])).toBe("view:sales:3c6e:a%3Ab%21");
    expect(viewTopic("all", [])).toBe("view:all");
  });
});
