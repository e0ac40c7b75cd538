import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChannelLimitReached, ChannelManager } from "../src/live";

const open: string[] = [];
const publish = new Map<string, (message: string) => void>();

function opening(name: string) {
  return (heard: (message: string) => void) => {
    open.push(name);
    publish.set(name, heard);
    return () => {
      open.splice(open.indexOf(name), 1);
    };
  };
}

function subscribe(manager: ChannelManager, name: string, listener: (message: string) => void = () => undefined) {
  return manager.subscribe(name, opening(name), listener);
}

beforeEach(() => {
  vi.useFakeTimers();
  open.length = 0;
});
afterEach(() => vi.useRealTimers());

describe("the channel manager", () => {
  it("opens one channel for all who want the same", () => {
    const manager = new ChannelManager();
    const heard: string[] = [];
    subscribe(manager, "a", (message) => heard.push(`1 ${message}`));
    subscribe(manager, "a", (message) => heard.push(`2 ${message}`));
    publish.get("a")?.("hello");
    expect(open).toEqual(["a"]);
    expect(heard).toEqual(["1 hello", "2 hello"]);
  });

  it("keeps a channel for those who come back, and closes it when nobody does", () => {
    const manager = new ChannelManager({ keepMs: 1_000 });
    const leave = subscribe(manager, "a");
    leave();
    leave();
    vi.advanceTimersByTime(999);
    const leaveAgain = subscribe(manager, "a");
    vi.advanceTimersByTime(5_000);
    expect(open).toEqual(["a"]);
    leaveAgain();
    vi.advanceTimersByTime(1_000);
    expect(open).toEqual([]);
    expect(manager.active.get()).toEqual([]);
  });

  it("makes room at the limit by closing what has been unused for longest", () => {
    const manager = new ChannelManager({ maxChannels: 3 });
    const leaveA = subscribe(manager, "a");
    const leaveB = subscribe(manager, "b");
    subscribe(manager, "c");
    leaveB();
    leaveA();
    subscribe(manager, "d");
    expect(open).toEqual(["a", "c", "d"]);
    subscribe(manager, "e");
    expect(open).toEqual(["c", "d", "e"]);
  });

  it("closes nothing that is listened to, and says so", () => {
    const manager = new ChannelManager({ maxChannels: 2 });
    subscribe(manager, "a");
    subscribe(manager, "b");
    expect(() => subscribe(manager, "c")).toThrow(ChannelLimitReached);
    expect(() => subscribe(manager, "c")).toThrow('2 channels are in use, so "c" cannot be opened');
    expect(open).toEqual(["a", "b"]);
    subscribe(manager, "b");
    expect(manager.active.get().map(({ name, listeners }) => `${name} ${listeners}`)).toEqual(["a 1", "b 2"]);
  });

  it("tells nothing to those who left", () => {
    const manager = new ChannelManager();
    const heard: string[] = [];
    const leave = subscribe(manager, "a", (message) => heard.push(message));
    leave();
    publish.get("a")?.("late");
    expect(heard).toEqual([]);
  });

  it("closes one, or all, when it is told to", () => {
    const manager = new ChannelManager();
    ["a", "b", "c"].forEach((name) => subscribe(manager, name));
    manager.unsubscribe("b");
    expect(open).toEqual(["a", "c"]);
    manager.unsubscribeAll();
    expect(open).toEqual([]);
  });

  it("counts what it heard", () => {
    const manager = new ChannelManager();
    subscribe(manager, "a");
    publish.get("a")?.("one");
    publish.get("a")?.("two");
    manager.refresh();
    expect(manager.active.get()[0]?.messages).toBe(2);
  });
});
