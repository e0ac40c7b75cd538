import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Rooms } from "../src/live";
import { ManualRooms } from "../src/testing";

const ROOM = "library:1";

function rooms() {
  const server = new ManualRooms();
  const page = new Rooms(server.connect, {}, new EventTarget());
  const leave = page.use();
  return { server, page, leave };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the rooms of a page", () => {
  it("are one connection for everything that uses them, which ends when nothing does", () => {
    const { server, page, leave } = rooms();
    const another = page.use();
    leave();
    vi.runAllTimers();
    expect([server.opened, server.closed]).toEqual([1, 0]);
    another();
    page.use()();
    vi.runAllTimers();
    expect([server.opened, server.closed]).toEqual([1, 1]);
  });

  it("tell an event to whoever hears it, until he does not", () => {
    const { server, page } = rooms();
    const heard: unknown[] = [];
    const stop = page.on("booking:created", (booking) => heard.push(booking));
    server.tell("booking:created", 1);
    server.tell("booking:cancelled", 2);
    stop();
    server.tell("booking:created", 3);
    expect(heard).toEqual([1]);
  });

  it("are joined when the page is let in, once however many show them", async () => {
    const { server, page } = rooms();
    page.join(ROOM);
    page.join(ROOM);
    await server.letIn();
    expect(server.asked).toEqual([`join ${ROOM}`]);
    expect(page.standing(ROOM).get()).toBe("joined");
  });

  it("are joined again after a connection that was not recovered, and then told as missed", async () => {
    const { server, page } = rooms();
    const order: string[] = [];
    page.join(ROOM);
    await server.letIn();
    page.onMissed(() => order.push(`missed, ${page.standing(ROOM).get()}`));
    page.standing(ROOM).subscribe(() => order.push(page.standing(ROOM).get()));
    server.lose();
    await server.letIn();
    expect(order).toEqual(["waiting", "joined", "missed, joined"]);
  });

  it("stay joined, and nothing is missed, where the connection was recovered", async () => {
    const { server, page } = rooms();
    const missed = vi.fn();
    page.join(ROOM);
    await server.letIn();
    page.onMissed(missed);
    server.lose();
    page.join("library:2");
    await server.letIn(true);
    expect(server.asked).toEqual([`join ${ROOM}`, "join library:2"]);
    expect(missed).not.toHaveBeenCalled();
  });

  it("are left a moment after the last who shows them, unless somebody comes back", async () => {
    const { server, page } = rooms();
    await server.letIn();
    page.join(ROOM)();
    const stop = page.join(ROOM);
    await server.settled();
    vi.runAllTimers();
    expect(server.asked).not.toContain(`leave ${ROOM}`);
    stop();
    vi.runAllTimers();
    expect(server.asked.at(-1)).toBe(`leave ${ROOM}`);
  });

  it("that one may not be in are not asked for again, those that cannot be decided now are", async () => {
    const { server, page } = rooms();
    server.answers.set("join library:2", { status: "error", code: "room_refused" });
    server.answers.set("join library:3", { status: "error", code: "rights_unavailable" });
    page.join("library:2");
    page.join("library:3");
    await server.letIn();
    expect(page.standing("library:2").get()).toBe("refused");
    expect(page.standing("library:3").get()).toBe("waiting");
    server.answers.clear();
    vi.runAllTimers();
    await server.settled();
    expect(server.asked.slice(2)).toEqual(["join library:3"]);
    expect(page.standing("library:3").get()).toBe("joined");
  });

  it("that a right was lost to are refused", async () => {
    const { server, page } = rooms();
    page.join(ROOM);
    await server.letIn();
    server.tell("rooms:left", { code: "room_refused", rooms: [ROOM, "library:9"] });
    expect(page.standing(ROOM).get()).toBe("refused");
  });

  it("say that they are offline after as many quick attempts as were chosen", async () => {
    const server = new ManualRooms();
    const page = new Rooms(server.connect, { fastAttempts: 2 }, new EventTarget());
    page.use();
    await server.letIn();
    const phase = () => page.connection.status.get().phase;
    server.lose();
    server.lose();
    expect(phase()).toBe("reconnecting");
    server.lose();
    expect(phase()).toBe("offline");
  });
});
