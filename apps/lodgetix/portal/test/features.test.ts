import { RequestFailed } from "@millstream/kit/client";
import { describe, expect, it } from "vitest";
import type { EventRow, OrderItemRow, OrderRow } from "../src/rows";
import { chanceOf, series } from "../src/features/events/chance";
import { calendarSheet, placeDate, placeHours } from "../src/features/events/eventTime";
import { upcoming } from "../src/features/events/useUpcomingEvents";
import { sayOthers } from "../src/features/holds/OthersHolding";
import { refusal } from "../src/features/holds/refusals";
import { holdsOf, ticketsOf } from "../src/features/holds/useHolds";

const EVENT: EventRow = {
  id: "e1",
  slug: "gala",
  title: "Gala",
  description: "",
  venue: "Hall",
  image_url: null,
  starts_at: "2026-03-08T03:30:00Z",
  ends_at: "2026-03-08T06:00:00Z",
  timezone: "America/New_York",
  hold_minutes: 15,
  status: "published",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  version: 1,
};

const ORDER: OrderRow = {
  id: "o1",
  number: "7KQ2-M9XD",
  event_id: "e1",
  owner_id: "p1",
  status: "held",
  hold_expires_at: "2026-03-01T12:15:00Z",
  currency: "USD",
  total: 90,
  created_at: "2026-03-01T12:00:00Z",
  updated_at: "2026-03-01T12:00:00Z",
  version: 1,
};

const ITEM: OrderItemRow = {
  order_id: "o1",
  event_id: "e1",
  owner_id: "p1",
  ticket_id: "t1",
  quantity: 2,
  unit_price: 45,
  occupies: "reserved",
};

describe("the time of an event", () => {
  it("is told by the clocks of its place, whatever the reader's clock says", () => {
    expect(placeDate(EVENT, "en-US")).toBe("Sat, Mar 7, 2026");
    expect(placeHours(EVENT, "en-US")).toMatch(/^10:30\sPM – 1:00\sAM\sEST$/);
    expect(calendarSheet(EVENT, "en-US")).toEqual({ month: "Mar", day: "7" });
  });

  it("names the last day of an event of several days", () => {
    const days = { ...EVENT, ends_at: "2026-03-10T16:00:00Z" };
    expect(placeHours(days, "en-US")).toMatch(/^10:30\sPM\sEST, until Tue, Mar 10$/);
  });
});

describe("upcoming events", () => {
  it("leave out drafts and what has ended, and come in the order of their times", () => {
    const later = { ...EVENT, id: "e2", starts_at: "2027-01-01T00:00:00Z", status: "cancelled" } as const;
    const draft = { ...EVENT, id: "e3", status: "draft" } as const;
    const ended = { ...EVENT, id: "e4", status: "ended" } as const;
    expect(upcoming([later, draft, EVENT, ended], []).map(({ event }) => event.id)).toEqual(["e1", "e2"]);
  });
});

describe("holds", () => {
  it("are the held orders of the event with their lines", () => {
    const orders = [ORDER, { ...ORDER, id: "o2", status: "expired" }, { ...ORDER, id: "o3", event_id: "other" }];
    expect(holdsOf("e1", orders, [ITEM])).toEqual([{ ...ORDER, items: [ITEM] }]);
  });

  it("are counted in tickets", () => {
    expect(ticketsOf([{ ...ITEM, quantity: 1 }])).toBe("1 ticket");
    expect(ticketsOf([ITEM, ITEM])).toBe("4 tickets");
  });
});

describe("a refusal", () => {
  const soldOut = (details: unknown) => new RequestFailed("Sold out.", "sold_out", 409, details);

  it("of the last ticket says that somebody was faster", () => {
    expect(refusal(soldOut({ available_count: 0 }), "Gala").title).toBe("Gala just sold out");
    expect(refusal(soldOut('{"available_count": 0}'), "Gala").title).toBe("Gala just sold out");
  });

  it("of too many says how many there are", () => {
    expect(refusal(soldOut({ available_count: 2 }), "Gala").title).toBe("Only 2 left of Gala");
    expect(refusal(soldOut("not JSON"), "Gala").title).toBe("Only few left of Gala");
  });

  it("that is unknown is told in the server's words", () => {
    const unknown = new RequestFailed("Not before noon.", "too_early", 409);
    expect(refusal(unknown, "Gala")).toEqual({ title: "Gala could not be held", message: "Not before noon." });
  });
});

describe("chance", () => {
  it("is the same for the same name and different for another", () => {
    const draw = (name: string): number[] => series(5, chanceOf(name));
    expect(draw("gala")).toEqual(draw("gala"));
    expect(draw("gala")).not.toEqual(draw("concert"));
    expect(draw("gala").every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe("others who hold tickets", () => {
  it("are counted, not named", () => {
    expect([1, 4].map(sayOthers)).toEqual(["1 other person holds tickets now", "4 other people hold tickets now"]);
  });
});
