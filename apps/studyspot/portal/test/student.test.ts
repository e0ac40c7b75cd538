import { RequestFailed } from "@millstream/kit/client";
import { matching } from "@millstream/kit/ui";
import { describe, expect, it } from "vitest";
import kit from "../../../../src/millstream/kit/errors.py?raw";
import declared from "../../errors.py?raw";
import { isSame } from "../src/features/alerts/AlertButton";
import { type BookingTold, isOfOwnBooking, sayNews } from "../src/features/booking/BookingNews";
import { heldAt, itemOf } from "../src/features/booking/ownBookings";
import { refusal } from "../src/features/booking/refusals";
import { approved, SEARCH } from "../src/features/libraries/choice";
import { priceOf } from "../src/features/libraries/Prices";
import { passOn } from "../src/features/passes/PassOffer";
import { countFree, offeredBy, seatsOfPlan } from "../src/features/plan/seatsOfPlan";
import { type SeatState, touches } from "../src/features/plan/useSeatsAt";
import { sayWhyNot } from "../src/features/seats/sayState";
import type { BookingRow, LibraryRow, PassRow, PriceRow, SeatRow } from "../src/rows";

const KOLKATA = "Asia/Kolkata";
const LIBRARY = {
  id: "l1",
  name: "Bibliothèque Nord",
  city: "Pune",
  address: "Fort Road",
  amenities: ["wifi"],
  status: "approved",
  deleted_at: null,
  timezone: KOLKATA,
  currency: "INR",
  slot_minutes: 30,
  min_minutes: 30,
  max_minutes: 240,
  horizon_days: 7,
  check_in_early_minutes: 15,
  grace_minutes: 20,
} as LibraryRow;
const BOOKING = {
  id: "b1",
  library_id: "l1",
  status: "confirmed",
  seat_label: "A1",
  library_name: "North",
  start_time: "2026-03-02T04:30:00Z",
  end_time: "2026-03-02T06:30:00Z",
  created_at: "2026-03-01T00:00:00Z",
  hold_expires_at: null,
  timezone: KOLKATA,
} as BookingRow;
const seat = (id: string, attributes: string[] = [], zone_id = "z1") =>
  ({ id, zone_id, label: id, attributes }) as SeatRow;
const state = (seat_id: string, status: SeatState["status"], more: Partial<SeatState> = {}): SeatState => ({
  ...{ seat_id, zone_id: "z1", label: seat_id, status, until: null, amount: 80, reason: null },
  ...more,
});

function failed(code: string, details: unknown = null): RequestFailed {
  return new RequestFailed("Said by the server.", code, 409, details);
}

describe("the list of libraries", () => {
  const others = [
    { ...LIBRARY, id: "l2", name: "Zoo", city: "Kochi" },
    { ...LIBRARY, id: "l3", status: "pending" },
  ];

  it("has those that are approved, by name, in the chosen city, with all words", () => {
    const libraries = approved([...others, LIBRARY]);
    expect(libraries.map(({ id }) => id)).toEqual(["l1", "l2"]);
    const shown = (params: Record<string, string>) => matching(libraries, SEARCH, params).map(({ id }) => id);
    expect(shown({ search: "bibliotheque WIFI" })).toEqual(["l1"]);
    expect(shown({ city: "Kochi" })).toEqual(["l2"]);
  });

  it("has the price of a zone, else that of the library", () => {
    const prices = [
      { zone_id: null, hourly_price: 40 },
      { zone_id: "z2", hourly_price: 60 },
    ] as PriceRow[];
    expect([priceOf("z1", prices)?.hourly_price, priceOf("z2", prices)?.hourly_price]).toEqual([40, 60]);
  });
});

describe("the plan", () => {
  const seats = [seat("A1", ["socket"]), seat("A2"), seat("A3", ["socket", "window"])];
  const states = new Map([
    ["A1", state("A1", "free")],
    ["A2", state("A2", "booked", { reason: "Booked until 12:00." })],
    ["A3", state("A3", "held")],
  ]);

  it("shows each seat in its state, with its price or why it is taken", () => {
    const shown = seatsOfPlan(LIBRARY, seats, states, { own: "A3", wanted: ["socket"] });
    expect(shown).toMatchObject([
      { id: "A1", status: "free", said: "₹80, socket", isFaint: false },
      { id: "A2", status: "booked", said: "Booked until 12:00.", isFaint: true },
      { id: "A3", status: "own" },
    ]);
    expect(seatsOfPlan(LIBRARY, seats, undefined)[0]?.status).toBe("closed");
  });

  it("counts the free ones that have what is wanted", () => {
    expect([countFree(seats, states), countFree(seats, states, ["window"]), countFree(seats, undefined)]).toEqual([
      1,
      0,
      undefined,
    ]);
    expect(offeredBy(seats)).toEqual(["socket", "window"]);
  });

  it("asks again for what touches the time that is shown", () => {
    const event = { start_time: "2026-03-02T10:00:00Z", end_time: "2026-03-02T12:00:00Z" };
    expect(touches(event, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z")).toBe(false);
    expect(touches(event, "2026-03-02T11:00:00Z", "2026-03-02T13:00:00Z")).toBe(true);
    expect(touches({ start_time: null, end_time: null }, "", "")).toBe(true);
  });

  it("says why a seat cannot be had", () => {
    const from = "2026-03-02T04:30:00Z";
    expect(sayWhyNot(state("A1", "free"), KOLKATA, from)).toBeNull();
    expect(sayWhyNot(state("A1", "occupied", { until: "2026-03-02T06:30:00Z" }), KOLKATA, from)).toMatch(/Until 12:00/);
    expect(sayWhyNot(state("A1", "out_of_order", { reason: "Lamp broken" }), KOLKATA, from)).toBe(
      "It cannot be used at the moment. Lamp broken.",
    );
  });
});

describe("own bookings", () => {
  it("are listed by seat and library, held ones until their time is over", () => {
    const held = { ...BOOKING, status: "held", hold_expires_at: "2026-03-01T00:10:00Z" };
    expect(itemOf(held)).toMatchObject({ title: "Seat A1, North", start: BOOKING.start_time, status: "held" });
    expect(heldAt([BOOKING, held], "l1", Date.parse("2026-03-01T00:05:00Z"))).toBe(held);
    expect(heldAt([held], "l2", Date.parse("2026-03-01T00:05:00Z"))).toBeUndefined();
    expect(heldAt([held], "l1", Date.parse("2026-03-01T00:10:00Z"))).toBeUndefined();
  });

  it("are told of in a sentence each", () => {
    const told = BOOKING as BookingTold;
    expect(sayNews("booking:created", told)).toMatchObject({ id: "booking:b1", title: "Your seat is booked" });
    expect(sayNews("booking:updated", { ...told, status: "no_show" })?.kind).toBe("warning");
    expect(sayNews("booking:updated", { ...told, status: "cancelled" })).toBeNull();
  });

  it("are told of once: by the page, not by the bell, too", () => {
    expect(isOfOwnBooking({ link: "/bookings/b1" })).toBe(true);
    for (const link of ["/owner/bookings?q=SP-1", "/libraries/nord?seat=s1", null]) {
      expect(isOfOwnBooking({ link })).toBe(false);
    }
  });
});

describe("passes and wishes", () => {
  it("know the last pass that holds", () => {
    const pass = (id: string, last_day: string) => ({ id, library_id: "l1", status: "active", last_day }) as PassRow;
    const passes = [pass("old", "2026-02-01"), pass("next", "2026-04-20"), pass("now", "2026-03-20")];
    expect(passOn("2026-03-02", "l1", passes)?.id).toBe("next");
  });

  it("are the same whatever the order of what is wished for", () => {
    const alert = { library_id: "l1", start_time: "2026-03-02T04:30:00+00:00", end_time: BOOKING.end_time };
    const wish = { ...alert, start_time: BOOKING.start_time };
    expect(isSame({ ...alert, attributes: ["a", "b"] }, { ...wish, attributes: ["b", "a"] })).toBe(true);
    expect(isSame({ ...alert, attributes: [] }, { ...wish, attributes: ["b"] })).toBe(false);
  });
});

describe("a refusal", () => {
  const codes = [...declared.matchAll(/refusal\("(\w+)"/g)].map(([, code = ""]) => code);

  it("of a student is said in words of ours, whichever the server knows", () => {
    const ofStaff = ["seat_in_use", "already_paid"];
    expect(codes.length).toBeGreaterThan(15);
    const ofTheKit = ["transition_refused", "edit_conflict"].filter((code) => kit.includes(`code = "${code}"`));
    expect(ofTheKit).toHaveLength(2);
    for (const code of [...codes.filter((each) => !ofStaff.includes(each)), ...ofTheKit]) {
      expect(refusal(failed(code), KOLKATA).title, code).not.toBe("That did not work");
    }
  });

  it("of a taken seat says when it is free again", () => {
    const details = { next_free: { start_time: "2026-03-02T06:30:00Z" } };
    expect(refusal(failed("seat_taken", details), KOLKATA).message).toContain("12:00");
  });
});
