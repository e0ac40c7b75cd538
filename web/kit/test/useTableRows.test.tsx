// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProjectClient } from "../src/client";
import { ProjectProvider, type TableRows, useOwnRows, useTableRows } from "../src/hooks";
import { JOIN_PATIENCE_MS } from "../src/live";
import { createQueryClient } from "../src/query";

interface Seat {
  readonly id: string;
  readonly label: string;
  readonly room: string | null;
  readonly created_at: string;
}

const HALL = { column: "room", id: "hall" };
const URL_OF_PROJECT = new URL("http://place.test/demo/");
const A: Seat = { id: "1", label: "A1", room: "hall", created_at: "2026-11-01T08:00:00Z" };
const B: Seat = { id: "2", label: "B2", room: null, created_at: "2026-11-02T08:00:00Z" };

/** A socket that never opens: what is asked for is fetched all the same. */
class ClosedSocket extends EventTarget {
  readonly readyState = 0;
  readonly close = vi.fn();
}

let asked: URL[];

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", ClosedSocket);
  vi.stubGlobal("fetch", (input: string | URL | Request) => {
    asked.push(new URL(input instanceof Request ? input.url : input));
    return Promise.resolve(Response.json([A, B]));
  });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function page(children: ReactNode) {
  const client = createProjectClient(
    { name: crypto.randomUUID(), title: "Demo", anonKey: "key", demo: false },
    URL_OF_PROJECT,
  );
  const shown = render(
    <ProjectProvider client={client} queryClient={createQueryClient()}>
      {children}
    </ProjectProvider>,
  );
  await act(() => vi.advanceTimersByTimeAsync(JOIN_PATIENCE_MS));
  return { ...shown, topics: client.supabase.getChannels().map(({ topic }) => topic) };
}

function Seats(wanted: Partial<TableRows<Seat>>) {
  const { rows } = useTableRows<Seat>({ table: "seats", ...wanted });
  return <p>{rows?.map(({ label }) => label).join() ?? "unknown"}</p>;
}

function OwnSeats() {
  const { rows } = useOwnRows<Seat>("owner", { table: "seats" });
  return <p>{rows ? `${rows.length} own` : "unknown"}</p>;
}

describe("rows that a page shows", () => {
  it("are asked for once by all who ask for the same, and for each value by itself", async () => {
    const { container, topics } = await page([
      <Seats key={1} of={HALL} />,
      <Seats key={2} of={HALL} />,
      <Seats key={3} of={{ ...HALL, id: "loft" }} />,
    ]);
    expect(asked.map(({ search }) => decodeURIComponent(search))).toEqual([
      "?select=*&room=eq.hall",
      "?select=*&room=eq.loft",
    ]);
    expect(topics).toEqual(["realtime:seats:room:hall", "realtime:seats:room:loft"]);
    expect(container.textContent).toBe("A1,B2A1,B2A1,B2");
  });

  it("carry every condition to the server, and every condition makes another question", async () => {
    const and = [["label", "neq", "B2"]] as const;
    const { topics } = await page(<Seats of={HALL} and={and} select="id, label, room" />);
    expect(decodeURIComponent(asked[0]?.search ?? "")).toBe("?select=id,label,room&room=eq.hall&label=neq.B2");
    expect(topics).toEqual(["realtime:seats:room:hall:label:neq:B2:id, label, room"]);
  });

  it("come the newest first where only some are wanted", async () => {
    const { container } = await page(<Seats newest={1} />);
    expect(decodeURIComponent(asked[0]?.search ?? "")).toBe("?select=*&order=created_at.desc&limit=1");
    expect(container.textContent).toBe("B2");
  });

  it("belong to nothing where the value is null: the channel hears of all, the page shows those alone", async () => {
    const { container } = await page(<Seats of={{ ...HALL, id: null }} />);
    expect(decodeURIComponent(asked[0]?.search ?? "")).toBe("?select=*&room=is.null");
    expect(container.textContent).toBe("B2");
  });

  it("are not asked for as long as it is not known which", async () => {
    const { container, topics } = await page(<Seats of={HALL} enabled={false} />);
    expect([asked.length, topics.length, container.textContent]).toEqual([0, 0, "unknown"]);
  });

  it("are none where they are those of whoever is signed in, and nobody is", async () => {
    const { container } = await page(<OwnSeats />);
    expect([asked.length, container.textContent]).toEqual([0, "0 own"]);
  });
});
