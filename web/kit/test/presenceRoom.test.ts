import { describe, expect, it } from "vitest";
import type { PresenceListener } from "../src/client";
import { PresenceRoom } from "../src/live";

interface Seen extends Record<string, unknown> {
  readonly name: string;
}

/** A room whose channel is played by hand. */
function room() {
  const sent: (Seen | null)[] = [];
  let left = 0;
  let listener: PresenceListener<Seen> | null = null;
  const live = new PresenceRoom<Seen>((heard) => {
    listener = heard;
    return { track: (state) => sent.push(state), leave: () => left++ };
  });
  live.start();
  const channel = listener as unknown as PresenceListener<Seen>;
  return { live, channel, sent, left: () => left };
}

const ADA = { name: "Ada" };

describe("a presence room", () => {
  it("tracks when it is joined, not before", () => {
    const { live, channel, sent } = room();
    live.track(ADA);
    expect(sent).toEqual([]);
    channel.joined();
    expect(sent).toEqual([ADA]);
  });

  it("tracks again after each rejoin", () => {
    const { live, channel, sent } = room();
    channel.joined();
    live.track(ADA);
    channel.interrupted();
    expect(live.state.get().isLive).toBe(false);
    channel.joined();
    expect(sent).toEqual([ADA, ADA]);
  });

  it("sends what says something new, and nothing twice", () => {
    const { live, channel, sent } = room();
    channel.joined();
    live.track(ADA);
    live.track({ ...ADA });
    live.track({ name: "Ada L." });
    live.track(null);
    expect(sent).toEqual([ADA, { name: "Ada L." }, null]);
  });

  it("shows one entry a person, the newest of their pages", () => {
    const { live, channel } = room();
    channel.joined();
    channel.present([
      { key: "1", state: ADA },
      { key: "2", state: { name: "Grace" } },
      { key: "1", state: { name: "Ada, again" } },
    ]);
    expect(live.state.get().people.map(({ state }) => state.name)).toEqual(["Ada, again", "Grace"]);
  });

  it("keeps who was there while the connection is lost", () => {
    const { live, channel } = room();
    channel.joined();
    channel.present([{ key: "1", state: ADA }]);
    channel.interrupted();
    expect(live.state.get()).toEqual({ people: [{ key: "1", state: ADA }], isLive: false });
  });

  it("is left when it stops", () => {
    const { live, left } = room();
    live.stop();
    live.stop();
    expect(left()).toBe(1);
  });
});
