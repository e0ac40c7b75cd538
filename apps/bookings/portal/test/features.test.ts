import { RequestFailed } from "@millstream/kit/client";
import { describe, expect, it } from "vitest";
import { sayRefusal } from "../src/features/booking/refusals";
import { entryOf, titleOf } from "../src/features/events/eventEntries";
import { known } from "../src/features/office/ClientsTable";
import { sayException } from "../src/features/office/Exceptions";
import { sayUnsaved } from "../src/features/office/savingRows";
import { inOrder } from "../src/features/office/ServicesTable";
import { sayClock, spansOf } from "../src/features/office/WeekOfHours";
import { bookable } from "../src/features/providers/useProviders";
import { offered } from "../src/features/providers/useServices";
import { entriesOf } from "../src/features/staff/calendarEntries";
import { patternOf } from "../src/features/staff/findAnything";
import { soonestFirst } from "../src/features/staff/BookingsTable";
import { isWithin } from "../src/features/staff/useOrganisationBookings";
import type {
  BookingEventRow,
  BookingRow,
  ClientRow,
  ExceptionRow,
  HoursRow,
  ProviderRow,
  ServiceRow,
} from "../src/rows";

const MADRID = "Europe/Madrid";
const BOOKING = {
  id: "b1",
  provider_id: "p1",
  provider_name: "Chair One",
  service_name: "Haircut",
  client_name: "Edith Clarke",
  status: "confirmed",
  starts_at: "2026-03-02T09:00:00Z",
  ends_at: "2026-03-02T10:00:00Z",
} as BookingRow;
const EVENT = {
  id: "e1",
  event_type: "booking.rescheduled",
  description: "Haircut with Chair One",
  actor: "client",
  created_at: "2026-03-01T09:00:00Z",
  data: { before: { starts_at: "2026-03-02T09:00:00Z", ends_at: "2026-03-02T10:00:00Z" } },
} as unknown as BookingEventRow;

function failed(code: string, details: string | null = null): RequestFailed {
  return new RequestFailed("Said by the server.", code, 409, details);
}

describe("what is offered", () => {
  it("is what is active and this provider's, in the order that the provider gave", () => {
    const service = (id: string, sort_order: number, active = true) =>
      ({ id, name: id, sort_order, active }) as ServiceRow;
    const services = [service("b", 2), service("a", 1), service("gone", 0, false), service("other", 0)];
    const offers = ["a", "b", "gone"].map((service_id) => ({ service_id, provider_id: "p1" }));
    expect(offered(services, offers).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("comes from providers who serve, by name", () => {
    const provider = (name: string, active = true) => ({ name, active }) as ProviderRow;
    const all = [provider("Noor"), provider("Emre"), provider("Away", false)];
    expect(bookable(all).map(({ name }) => name)).toEqual(["Emre", "Noor"]);
  });
});

describe("a refused step", () => {
  it("says when the next free time is", () => {
    const details = JSON.stringify({ next_free: { starts: "2026-03-02T09:30:00Z" } });
    expect(sayRefusal(failed("slot_taken", details), MADRID)).toMatch(/^Somebody was faster\. The next .*10:30/);
  });

  it("says to choose another time where none is known", () => {
    expect(sayRefusal(failed("slot_taken"), MADRID)).toBe("Somebody was faster. Choose another time.");
  });

  it("is said in the server's words where we have none", () => {
    expect(sayRefusal(failed("new_code"), MADRID)).toContain("Said by the server.");
  });
});

describe("an event in the timeline", () => {
  it("says from when a booking was moved", () => {
    const entry = entryOf(EVENT, MADRID);
    expect(entry).toMatchObject({ id: "e1", title: "Moved", by: "Client", tone: "warn" });
    expect(entry.detail).toContain("Before: ");
    expect(entry.detail).toContain("10:00");
  });

  it("is shown by its own name where it is not ours", () => {
    expect(titleOf("invoice.sent")).toBe("invoice.sent");
  });
});

describe("the calendar", () => {
  it("shows what occupies a time, movable while it is open", () => {
    const done = { ...BOOKING, id: "b2", status: "completed" };
    const gone = { ...BOOKING, id: "b3", status: "cancelled" };
    const held = { ...BOOKING, id: "b4", status: "held", client_name: "" };
    expect(entriesOf([BOOKING, done, gone, held])).toMatchObject([
      { id: "b1", title: "Edith Clarke", status: "Confirmed", movable: true },
      { id: "b2", movable: false },
      { id: "b4", title: "Haircut", movable: false },
    ]);
  });

  it("shows what touches its days, not what ends where they begin", () => {
    const at = (hour: string) => new Date(`2026-03-02T${hour}:00Z`);
    expect(isWithin(BOOKING, at("09:30"), at("12:00"))).toBe(true);
    expect(isWithin(BOOKING, at("10:00"), at("12:00"))).toBe(false);
  });
});

describe("the list of bookings", () => {
  it("begins with what is to come, then goes back", () => {
    const at = (day: number) => ({ id: String(day), starts_at: `2026-03-0${day}T09:00:00Z` }) as BookingRow;
    const sorted = soonestFirst([at(1), at(5), at(2), at(4)], Date.parse("2026-03-03T00:00:00Z"));
    expect(sorted.map(({ id }) => id)).toEqual(["4", "5", "2", "1"]);
  });
});

describe("what an organisation keeps itself", () => {
  const span = (weekday: number, starts: string) => ({ id: starts, weekday, starts }) as HoursRow;

  it("shows a day's hours as they begin", () => {
    const hours = [span(2, "09:00:00"), span(1, "14:00:00"), span(1, "08:30:00")];
    expect(spansOf(hours, 1).map(({ starts }) => sayClock(starts))).toEqual(["08:30", "14:00"]);
  });

  it("says when an exception holds", () => {
    const away = { first_day: "2026-12-24", last_day: "2026-12-26", starts: "00:00:00", ends: "24:00:00" };
    const said = sayException(away as ExceptionRow);
    expect(said).toMatch(/24.*–.*26/);
    expect(said).not.toContain("00:00");
    expect(sayException({ ...away, last_day: "2026-12-24", ends: "12:00:00" } as ExceptionRow)).toContain(
      "00:00–12:00",
    );
  });

  it("knows no forgotten client", () => {
    const clients = [
      { name: "Zoe", forgotten_at: null },
      { name: "Removed", forgotten_at: "2026-01-01" },
      { name: "Ada", forgotten_at: null },
    ] as ClientRow[];
    expect(known(clients)?.map(({ name }) => name)).toEqual(["Ada", "Zoe"]);
  });

  it("lists services in their order, then by name", () => {
    const services = [
      { name: "B", sort_order: 1 },
      { name: "A", sort_order: 1 },
      { name: "C", sort_order: 0 },
    ] as ServiceRow[];
    expect(inOrder(services).map(({ name }) => name)).toEqual(["C", "A", "B"]);
  });

  it("says why something was not saved", () => {
    expect(sayUnsaved(new RequestFailed("x", "42501", 403))).toContain("owners and managers");
    expect(sayUnsaved(new RequestFailed("Whatever it is.", "other", 400))).toBe("Whatever it is.");
  });

  it("searches for what was typed and for nothing that has a meaning there", () => {
    expect(patternOf(' Ada "L*, (x)% ')).toBe('"*Ada L, (x)*"');
  });
});
