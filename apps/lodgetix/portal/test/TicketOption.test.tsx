import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EventTicketRow } from "../src/rows";
import { TicketAvailabilityContext } from "../src/features/tickets/ticketAvailability";
import { TicketOption } from "../src/features/tickets/TicketOption";

const TICKET: EventTicketRow = {
  id: "t1",
  event_id: "e1",
  name: "Gala Dinner",
  description: "Ceremony and dinner",
  price: 120,
  currency: "USD",
  capacity: 60,
  available_count: 60,
  reserved_count: 0,
  sold_count: 0,
  version: 1,
  max_per_person: 4,
  sort_order: 0,
  sales_start_at: null,
  sales_end_at: null,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

interface Shown {
  readonly available: number;
  readonly isLive?: boolean;
  readonly isHeld?: boolean;
  readonly onSale?: boolean;
}

function show({ available, isLive = true, isHeld = false, onSale = true }: Shown) {
  const selectTicket = vi.fn();
  const counts = { ticketTypeId: "t1", availableCount: available, reservedCount: 0, soldCount: 0, lastUpdated: "" };
  const state = { availability: new Map([["t1", counts]]), isLive, isLoaded: true, error: null, reload: vi.fn() };
  const { container } = render(
    <MantineProvider>
      <TicketAvailabilityContext value={state}>
        <TicketOption ticket={TICKET} onSale={onSale} isHeld={isHeld} isSelecting={false} selectTicket={selectTicket} />
      </TicketAvailabilityContext>
    </MantineProvider>,
  );
  const textOf = (selector: string): string | null | undefined => container.querySelector(selector)?.textContent;
  return { selectTicket, textOf };
}

afterEach(cleanup);

describe("a ticket option", () => {
  it("says its name, its price and that its count is live", () => {
    const { textOf } = show({ available: 60 });
    expect(textOf(".ticket-option h3")).toBe("Gala Dinner");
    expect(textOf(".price")).toBe("$120.00");
    expect(textOf(".availability .live-indicator")).toBe("LIVE");
  });

  it("claims to be live only while it is", () => {
    expect(show({ available: 60, isLive: false }).textOf(".live-indicator")).toBeUndefined();
  });

  it.each([
    [60, ".in-stock", "60 available"],
    [10, ".in-stock", "10 available"],
    [9, ".low-stock", "Only 9 left!"],
    [1, ".low-stock", "Only 1 left!"],
    [0, ".sold-out", "SOLD OUT"],
  ])("with %i left shows %s", (available, selector, text) => {
    expect(show({ available }).textOf(selector)).toBe(text);
  });

  it("cannot be selected when it is sold out", () => {
    show({ available: 0 });
    expect(screen.getByRole("button", { name: "Sold Out" })).toHaveProperty("disabled", true);
  });

  it("is selected with the chosen number, never more than one person may have", () => {
    const { selectTicket } = show({ available: 60 });
    const more = screen.getByRole("button", { name: "One more of Gala Dinner" });
    for (let click = 0; click < 9; click++) fireEvent.click(more);
    fireEvent.click(screen.getByRole("button", { name: "Select" }));
    expect(selectTicket).toHaveBeenCalledWith(TICKET, 4);
  });

  it("cannot be selected again while the visitor holds it", () => {
    show({ available: 5, isHeld: true });
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.getByText("Held for you")).toBeTruthy();
  });

  it("cannot be selected when its event is not on sale", () => {
    show({ available: 5, onSale: false });
    expect(screen.getByRole("button", { name: "Select" })).toHaveProperty("disabled", true);
  });
});
