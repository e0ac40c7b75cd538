// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Interaction, InteractionTracker, visitId } from "../src/live";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  hide(): void {
    this.visibilityState = "hidden";
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

function tracker() {
  const batches: (readonly Interaction[])[] = [];
  const page = new Page();
  let refused = false;
  const tracking = new InteractionTracker({
    sessionId: () => "visit",
    userId: () => "ada",
    page,
    send: (batch) => {
      if (refused) return Promise.reject(new Error("offline"));
      batches.push(batch);
      return Promise.resolve();
    },
  });
  tracking.start();
  const actions = (): string[] => batches.flat().map(({ action }) => action);
  return { tracking, page, batches, actions, refuse: (now: boolean) => (refused = now) };
}

describe("the interaction tracker", () => {
  it("writes every five seconds, and nothing when nothing was done", async () => {
    const { tracking, batches } = tracker();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(batches).toEqual([]);
    tracking.track("ticket_selected", { price: 38 });
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches[0]?.[0]).toMatchObject({
      action: "ticket_selected",
      data: { price: 38 },
      session_id: "visit",
      user_id: "ada",
      page_url: location.href,
    });
  });

  it("writes at once when more than fifty wait, fifty at a time", async () => {
    const { tracking, batches } = tracker();
    for (let index = 0; index < 51; index++) tracking.track("moved");
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map((batch) => batch.length)).toEqual([50, 1]);
  });

  it("keeps what could not be written ahead of what came since", async () => {
    const { tracking, actions, refuse } = tracker();
    refuse(true);
    tracking.track("first");
    await tracking.flush();
    tracking.track("second");
    refuse(false);
    await tracking.flush();
    expect(actions()).toEqual(["first", "second"]);
  });

  it("gives up the oldest when nothing can be written for long", async () => {
    const { tracking, actions, refuse } = tracker();
    refuse(true);
    for (let index = 0; index < 1_200; index++) {
      tracking.track(`a${index}`);
      if (index % 40 === 0) await tracking.flush();
    }
    await tracking.flush();
    expect(tracking.waiting).toBe(1_000);
    refuse(false);
    await tracking.flush();
    expect(actions().at(-1)).toBe("a1199");
  });

  it("writes when the page is hidden, and when it stops", async () => {
    const { tracking, page, actions } = tracker();
    tracking.track("typed");
    page.hide();
    await vi.advanceTimersByTimeAsync(0);
    expect(actions()).toEqual(["typed"]);
    tracking.track("left");
    tracking.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(actions()).toEqual(["typed", "left"]);
  });

  it("calls one visit by one name", () => {
    expect(visitId()).toBe(visitId());
  });
});
