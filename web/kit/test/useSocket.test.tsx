// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { StrictMode, type ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Project, ProjectContext, useNews, useRoom, useRoomEvent, useRoomEvents, useSocket } from "../src/hooks";
import { Rooms } from "../src/live";
import { ManualRooms } from "../src/testing";

const ROOM = "library:1";

function page(children: ReactNode) {
  const server = new ManualRooms();
  const project = { rooms: new Rooms(server.connect, {}, new EventTarget()) } as unknown as Project;
  const shown = render(
    <StrictMode>
      <ProjectContext value={project}>{children}</ProjectContext>
    </StrictMode>,
  );
  return { server, ...shown };
}

function Phase() {
  return <p>{useSocket().phase}</p>;
}

function Bookings({ onBooking }: { readonly onBooking: (id: number) => void }) {
  useRoomEvent<{ id: number }>("booking:created", ({ id }) => onBooking(id));
  return null;
}

function Changes({ onChange }: { readonly onChange: (event: string, id: number) => void }) {
  useRoomEvents<{ id: number }>(["booking:created", "booking:cancelled"], ({ id }, event) => onChange(event, id));
  return null;
}

function Prices() {
  const isNews = useNews("price:changed", "id");
  return <p>{["a", "b", "c"].filter(isNews).join()}</p>;
}

function Library({ onJoined }: { readonly onJoined?: () => void }) {
  return <p>{useRoom(ROOM, onJoined && { onJoined })}</p>;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe("the hooks of rooms", () => {
  it("share one connection, say how it is, and end it when the last component is gone", async () => {
    const { server, container, unmount } = page([<Phase key={1} />, <Phase key={2} />, <Library key={3} />]);
    await act(() => server.letIn());
    expect(container.textContent).toBe("livelivejoined");
    act(() => server.lose());
    expect(container.textContent).toBe("reconnectingreconnectingjoined");
    expect(server.opened).toBe(1);
    unmount();
    vi.runAllTimers();
    expect(server.closed).toBe(1);
  });

  it("hear an event while they are mounted", async () => {
    const heard = vi.fn();
    const { server, unmount } = page(<Bookings onBooking={heard} />);
    await act(() => server.letIn());
    server.tell("booking:created", { id: 1 });
    unmount();
    server.tell("booking:created", { id: 2 });
    expect(heard.mock.calls).toEqual([[1]]);
  });

  it("hear several events by one handler, each by its name", async () => {
    const heard = vi.fn();
    const { server } = page(<Changes onChange={heard} />);
    await act(() => server.letIn());
    server.tell("booking:created", { id: 1 });
    server.tell("booking:moved", { id: 1 });
    server.tell("booking:cancelled", { id: 2 });
    expect(heard.mock.calls).toEqual([
      ["booking:created", 1],
      ["booking:cancelled", 2],
    ]);
  });

  it("say what is news, and no longer when it is not", async () => {
    const { server, container } = page(<Prices />);
    await act(() => server.letIn());
    for (const id of ["a", "c"]) act(() => server.tell("price:changed", { id }));
    expect(container.textContent).toBe("a,c");
    act(() => void vi.advanceTimersByTime(8_000));
    expect(container.textContent).toBe("");
  });

  it("say each time that a room was joined anew, so that nothing is missed", async () => {
    const joined = vi.fn();
    const { server, container } = page(<Library onJoined={joined} />);
    await act(() => server.letIn());
    act(() => server.lose());
    await act(() => server.letIn(true));
    expect(joined).toHaveBeenCalledTimes(1);
    act(() => server.lose());
    await act(() => server.letIn());
    expect(joined).toHaveBeenCalledTimes(2);
    server.answers.set(`join ${ROOM}`, { status: "error", code: "room_refused" });
    act(() => server.lose());
    await act(() => server.letIn());
    expect(container.textContent).toBe("refused");
  });
});
