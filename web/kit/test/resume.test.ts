import { describe, expect, it } from "vitest";
import { ChannelMemories, createProjectClient, formatLsn, parseLsn } from "../src/client";
import { at } from "../src/testing";

const CONFIG = { name: "notes", title: "Notes", anonKey: "key", demo: false };
const TOPIC = "realtime:notes";

/** A channel of the real library that is never connected: its joins are read as they would be sent. */
function rememberedChannel(mayResume = () => true) {
  const supabase = createProjectClient(CONFIG, new URL("http://localhost")).supabase;
  const channel = supabase.channel("notes").on("postgres_changes", { event: "*", schema: "public" }, () => undefined);
  const memories = new ChannelMemories();
  let caughtUp = 0;
  const memory = memories.attach(channel, { mayResume, caughtUp: () => (caughtUp += 1) });
  channel.updateJoinPayload({ config: { private: false }, access_token: "t" });
  const hear = (event: string, payload: object, deliver = (): void => undefined) => {
    memories.during({ topic: TOPIC, event, payload, join_ref: "3" }, deliver);
  };
  const beat = (response: object) => {
    memories.during({ topic: "phoenix", event: "phx_reply", payload: { response } }, () => undefined);
  };
  return {
    memory,
    hear,
    beat,
    sent: () => JSON.parse(JSON.stringify(channel.joinPush.payload())) as { config: { resume?: object } },
    answer: (resume?: object) => hear("phx_reply", { response: { postgres_changes: [], resume } }),
    change: (lsn: string, index: number) => hear("postgres_changes", { data: { lsn, index } }),
    caughtUp: () => caughtUp,
  };
}

describe("a channel's memory", () => {
  it("asks for nothing at the first join, and leaves the rest of the join alone", () => {
    const { sent, memory } = rememberedChannel();
    expect(sent()).toMatchObject({ access_token: "t", config: { private: false, resume: {} } });
    expect(memory.position).toBeNull();
  });

  it("names where the first join began as long as nothing changed", () => {
    const { sent, answer } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/AB" });
  });

  it("names the last change that was taken up", () => {
    const { answer, change, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    change("1/B0", 0);
    change("1/B0", 1);
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/B0", index: 1 });
  });

  it("keeps its place when the server goes on from there, and knows so when the answer is delivered", () => {
    const { answer, change, hear, memory, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    change("1/B0", 1);
    let told = "";
    const resumed = { postgres_changes: [], resume: { status: "resumed", log: "x", lsn: "2/0" } };
    hear("phx_reply", { response: resumed }, () => (told = memory.outcome));
    expect(told).toBe("resumed");
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/B0", index: 1 });
  });

  it("begins anew after a reload", () => {
    const { answer, change, memory, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    change("1/B0", 1);
    answer({ status: "reload", log: "y", lsn: "0/10" });
    expect(memory.outcome).toBe("reload");
    expect(sent().config.resume).toEqual({ log: "y", lsn: "0/10" });
  });

  it("begins within a transaction where the server says so", () => {
    const { answer, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB", index: 511 });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/AB", index: 511 });
  });

  it("has no place with a server that does not answer, and none when something was dropped", () => {
    const other = rememberedChannel();
    other.answer();
    other.change("1/B0", 1);
    expect(other.sent().config.resume).toEqual({});
    const dropped = rememberedChannel(() => false);
    dropped.answer({ status: "started", log: "x", lsn: "1/AB" });
    expect(dropped.sent().config.resume).toEqual({});
  });

  it("says when everything missed was told", () => {
    const { caughtUp, hear } = rememberedChannel();
    hear("system", { code: "resumed", status: "ok" });
    hear("system", { status: "ok" });
    expect(caughtUp()).toBe(1);
  });

  it("moves on with the replies to heartbeats while nothing changes", () => {
    const { answer, beat, change, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    beat({ log: "x", lsn: "1/C0", joins: ["2", "3"] });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/C0" });
    change("1/D0", 4);
    beat({ log: "x", lsn: "1/CF", joins: ["3"] });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/D0", index: 4 });
    beat({ log: "x", lsn: "1/D0", joins: ["3"] });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/D0" });
  });

  it("stays where it is when a heartbeat speaks of another join or log, or of nothing", () => {
    const { answer, beat, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    beat({ log: "x", lsn: "1/C0", joins: ["2"] });
    beat({ log: "y", lsn: "1/C0", joins: ["3"] });
    beat({});
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/AB" });
  });

  it("does not confuse the replies to other messages with the join's", () => {
    const { answer, hear, sent } = rememberedChannel();
    answer({ status: "started", log: "x", lsn: "1/AB" });
    hear("phx_reply", { response: {} });
    expect(sent().config.resume).toEqual({ log: "x", lsn: "1/AB" });
  });
});

it("positions are written as they are read", () => {
  expect(formatLsn(parseLsn("16/B374D848") ?? 0n)).toBe("16/B374D848");
  expect(formatLsn(at("0/A").lsn)).toBe("0/A");
});
