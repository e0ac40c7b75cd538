// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../src/client";
import { type Project, ProjectContext } from "../src/hooks";
import { Store } from "../src/live/store";
import { BookingBadge, type BookingItem, HoldForm, type HoldFormProps, refusalsOf } from "../src/ui";
import { parted } from "../src/ui/booking/bookingItems";
import { givenOf } from "../src/ui/booking/HoldForm";

const NOW = Date.parse("2026-03-02T05:00:00Z");
const ITEM: BookingItem = {
  id: "b1",
  link: { to: "/" },
  title: "A1",
  detail: "Hall",
  start: "2026-03-02T04:30:00Z",
  end: "2026-03-02T06:30:00Z",
  timezone: "UTC",
  status: "confirmed",
  heldUntil: null,
};
const HELD: HoldFormProps<{ readonly id: string }> = {
  held: { id: "b1", timezone: "UTC", since: "2026-03-02T04:55:00Z", until: "2026-03-02T05:05:00Z" },
  title: "A1",
  details: ["Hall"],
  reader: "desk",
  action: "Book it",
  refusals: refusalsOf({ hold_expired: { title: "It ran out", message: "Choose again." } }),
  onConfirmed: vi.fn(),
  onReleased: vi.fn(),
  onEnd: vi.fn(),
};

type Invoke = (name: string, options: { readonly body: object }) => Promise<{ data: unknown; error: Error | null }>;

function page(children: ReactNode, invoke: Invoke) {
  const client = { now: () => NOW, supabase: { functions: { invoke } } };
  const user = { email: "ada@example.org", user_metadata: { full_name: "Ada Byron" } };
  const session = { session: new Store<Session | null | undefined>({ user } as unknown as Session) };
  return render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <ProjectContext value={{ client, session } as unknown as Project}>{children}</ProjectContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

// The page knows no fonts here; a field that grows with its text hears when they come.
Object.defineProperty(document, "fonts", { value: new EventTarget() });
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

describe("own bookings", () => {
  it("are those to come and those before, without holds that ran out", () => {
    const later = { ...ITEM, id: "b2", start: "2026-03-03T04:30:00Z", end: "2026-03-03T05:30:00Z" };
    const held = { ...later, id: "h", status: "held", heldUntil: "2026-03-02T05:00:00Z" };
    const { toCome, past } = parted(
      [later, { ...later, id: "b3", status: "cancelled" }, held, { ...held, status: "expired" }, ITEM],
      NOW,
    );
    expect([toCome.map(({ id }) => id), past.map(({ id }) => id)]).toEqual([["b1", "b2"], ["b3"]]);
    expect(parted([held], NOW - 1).toCome).toHaveLength(1);
  });

  it("say their state in a word, also one that is new", () => {
    render([<BookingBadge key={1} status="checked_in" />, <BookingBadge key={2} status="towed" />]);
    expect([screen.queryByText("Here now"), screen.queryByText("towed")]).not.toContain(null);
  });
});

describe("the form of what is held", () => {
  it("sends who books and what was typed, the rest not", async () => {
    const invoke = vi.fn<Invoke>(() => Promise.resolve({ data: { id: "b1" }, error: null }));
    page(<HoldForm {...HELD} more={{ timezone: "UTC" }} />, invoke);
    expect(screen.getByRole("timer")).toBeDefined();
    expect(screen.queryByLabelText(/Email/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Book it" }));
    await waitFor(() => expect(HELD.onConfirmed).toHaveBeenCalled());
    const body = { booking_id: "b1", timezone: "UTC", name: "Ada Byron" };
    expect(invoke.mock.calls).toEqual([["confirm_booking", { body }]]);
  });

  it("wants an address where the confirmation goes to one", () => {
    const invoke = vi.fn<Invoke>();
    page(<HoldForm {...HELD} asksAddress />, invoke);
    fireEvent.change(screen.getByLabelText(/Email/), { target: { value: "nobody" } });
    fireEvent.click(screen.getByRole("button", { name: "Book it" }));
    expect(screen.getByText("Type the address that the confirmation goes to.")).toBeDefined();
    expect(invoke).not.toHaveBeenCalled();
  });

  it("gives it back", async () => {
    const invoke = vi.fn<Invoke>(() => Promise.resolve({ data: {}, error: null }));
    page(<HoldForm {...HELD} />, invoke);
    fireEvent.click(screen.getByRole("button", { name: "Give it back" }));
    await waitFor(() => expect(HELD.onReleased).toHaveBeenCalled());
    expect(invoke.mock.calls).toEqual([["release_booking", { body: { booking_id: "b1" } }]]);
  });

  it("says above itself why it was refused, and keeps what was typed", async () => {
    const response = new Response('{"code": "hold_expired", "message": "Over."}', { status: 409 });
    const { FunctionsHttpError } = await import("@supabase/supabase-js");
    page(<HoldForm {...HELD} />, () => Promise.resolve({ data: null, error: new FunctionsHttpError(response) }));
    fireEvent.click(screen.getByRole("button", { name: "Book it" }));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("It ran out. Choose again."));
    expect(screen.getByLabelText<HTMLInputElement>(/Your name/).value).toBe("Ada Byron");
  });

  it("takes what was typed without the space around it", () => {
    expect(givenOf({ name: " Ada ", notes: "  " })).toEqual({ name: "Ada" });
  });
});
