import { RequestFailed } from "@millstream/kit/client";
import { sayPriceChange } from "@millstream/kit/ui";
import { describe, expect, it } from "vitest";
import { refusal, sayRefusal } from "../src/features/booking/refusals";
import { sayCheckIn } from "../src/features/kiosk/useCheckIn";
import { freeOf, stepAt } from "../src/features/kiosk/useFreeByZone";
import { stepsOf } from "../src/features/owner/BookingDialog";
import { nameOf } from "../src/features/owner/BookingsTable";
import { entryOf } from "../src/features/owner/eventEntries";
import { percentOf } from "../src/features/owner/LibraryFigures";
import { comingAt } from "../src/features/owner/LivePlan";
import { unpaidFirst } from "../src/features/owner/PassesTable";
import { newestFirst } from "../src/features/owner/useLibraryBookings";
import { pricesOf, tariffIn } from "../src/features/prices/tariff";
import type { BookingEventRow, BookingRow, PassRow, PriceRow, SeatRow, ZoneRow } from "../src/rows";

const KOLKATA = "Asia/Kolkata";

function booking(part: Partial<BookingRow>): BookingRow {
  return {
    id: "b1",
    seat_id: "s1",
    seat_label: "A1",
    zone_name: "Hall",
    student_name: "Ada Byron",
    status: "confirmed",
    timezone: KOLKATA,
    start_time: "2026-03-02T04:30:00Z",
    end_time: "2026-03-02T06:30:00Z",
    created_at: "2026-03-01T04:30:00Z",
    deleted_at: null,
    ...part,
  } as BookingRow;
}

function seat(id: string, part: Partial<SeatRow> = {}): SeatRow {
  return { id, zone_id: "z1", label: id, x: 40, y: 40, attributes: [], active: true, ...part } as SeatRow;
}

const ZONES = [
  { id: "z1", name: "Hall" },
  { id: "z2", name: "Attic" },
] as ZoneRow[];

describe("bookings of a library", () => {
  it("stand there newest first, without what ran out or was removed", () => {
    const rows = [
      booking({ id: "old" }),
      booking({ id: "gone", status: "expired" }),
      booking({ id: "removed", deleted_at: "2026-03-01T05:00:00Z" }),
      booking({ id: "new", created_at: "2026-03-01T05:00:00Z" }),
    ];
    expect(newestFirst(rows).map(({ id }) => id)).toEqual(["new", "old"]);
  });

  it("allow the steps of their state, and payment as long as it is owed", () => {
    expect(stepsOf({ status: "confirmed", payment_status: "at_place" })).toEqual([
      "check_in",
      "mark_no_show",
      "take_payment",
    ]);
    expect(stepsOf({ status: "checked_in", payment_status: "paid" })).toEqual(["check_out"]);
    expect(stepsOf({ status: "cancelled", payment_status: "at_place" })).toEqual([]);
  });

  it("are of somebody also where no name was given", () => {
    expect(nameOf({ student_name: "", source: "walk_in" })).toBe("Walk-in");
    expect(nameOf({ student_name: "", source: "student" })).toBe("Guest");
  });

  it("that are due at a seat are those that are not over, the next first", () => {
    const rows = [
      booking({ id: "later", start_time: "2026-03-02T08:30:00Z", end_time: "2026-03-02T09:30:00Z" }),
      booking({ id: "now" }),
      booking({ id: "over", end_time: "2026-03-02T05:00:00Z" }),
      booking({ id: "cancelled", status: "cancelled" }),
      booking({ id: "elsewhere", seat_id: "s2" }),
    ];
    expect(comingAt(rows, "s1", Date.parse("2026-03-02T05:30:00Z")).map(({ id }) => id)).toEqual(["now", "later"]);
  });
});

describe("prices", () => {
  it("name what an hour, a day and a month cost", () => {
    const old = { hourly_price: 40, day_price: 240, month_price: null };
    expect(sayPriceChange({}, old, tariffIn("INR"))).toBe("₹40 an hour, ₹240 a day at most");
  });

  it("are listed for the whole library first, then for each zone", () => {
    const price = { zone_id: "z2", hourly_price: 60 } as PriceRow;
    expect(pricesOf(ZONES, [price]).map((one) => [one.id, one.price ?? one.unpriced])).toEqual([
      ["whole", "Free of charge"],
      ["z1", "As the whole library"],
      ["z2", price],
    ]);
  });
});

describe("passes of a library", () => {
  it("begin with those that are still to be paid, without those that are over", () => {
    const pass = (id: string, payment_status: string, status = "active") =>
      ({ id, payment_status, status, created_at: `2026-03-0${id}T09:00:00Z` }) as PassRow;
    const all = [pass("1", "paid"), pass("2", "at_place"), pass("3", "at_place", "over"), pass("4", "at_place")];
    expect(unpaidFirst(all).map(({ id }) => id)).toEqual(["4", "2", "1"]);
  });
});

describe("the screen at the entrance", () => {
  it("counts what is free by zone, and leaves out zones without seats", () => {
    const states = new Map([
      ["A1", { status: "free" as const }],
      ["A2", { status: "occupied" as const }],
    ]);
    expect(freeOf(ZONES, [seat("A1"), seat("A2")], states)).toEqual([{ zone: ZONES[0], seats: 2, free: 1 }]);
  });

  it("asks for the present step of time, the same for a minute long", () => {
    const step = { from: "2026-03-02T04:37:00.000Z", until: "2026-03-02T05:00:00.000Z" };
    expect(stepAt(Date.parse("2026-03-02T04:37:01Z"), 30)).toEqual(step);
    expect(stepAt(Date.parse("2026-03-02T04:37:59Z"), 30)).toEqual(step);
  });

  it("welcomes, and says where and since when somebody is there already", () => {
    expect(sayCheckIn(booking({})).title).toBe("Welcome, Ada!");
    expect(sayCheckIn(booking({ student_name: "" })).title).toBe("Welcome!");
    const again = { ...booking({ checked_in_at: "2026-03-02T04:30:00Z", checked_in_gate: "desk" }), already: true };
    expect(sayCheckIn(again).message).toMatch(/^Seat A1, Hall: since .* at desk\.$/);
  });
});

describe("refusals", () => {
  it("say when a taken seat is free again, and when check-in is open", () => {
    const taken = new RequestFailed("Taken.", "seat_taken", 409, { next_free: "2026-03-02T06:30:00Z" });
    expect(refusal(taken, KOLKATA).message).toMatch(/^The seat is free again .*12/);
    const early = new RequestFailed("Early.", "check_in_closed", 409, '{"opens": "2026-03-02T04:15:00Z"}');
    expect(refusal(early, KOLKATA).title).toBe("Not the time to check in");
  });

  it("say what the server says where the code is not known", () => {
    expect(sayRefusal(new RequestFailed("The moon is full.", "moon", 409))).toBe(
      "That did not work. The moon is full.",
    );
  });
});

describe("what else owners and administrators read", () => {
  it("is right in its details", () => {
    expect(percentOf(35, 160)).toBe(22);
    expect(percentOf(0, 0)).toBe(0);
    const event = { id: "e1", event_type: "booking.checkin", actor: "staff", data: { booking_number: "SP-1" } };
    expect(entryOf(event as unknown as BookingEventRow, "A1")).toMatchObject({
      title: "Checked in",
      by: "Staff",
      detail: "Seat A1 · SP-1",
    });
  });
});
