// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FloorPlan, FloorPlanEditor, type PlanSeat } from "../src/ui/plan";
import { nextSeat } from "../src/ui/plan/seats";
import { moved, placed, showing, viewBox, WHOLE, zoomed } from "../src/ui/plan/view";

const SIZE = { width: 400, height: 200 };

describe("the part of a plan that is seen", () => {
  it("is the whole at first", () => {
    expect(viewBox(WHOLE, SIZE)).toBe("0 0 400 200");
  });

  it("comes nearer around the point that stays where it is", () => {
    const near = zoomed(WHOLE, SIZE, 2, { x: 100, y: 50 });
    expect(near).toEqual({ x: 50, y: 25, scale: 2 });
    expect(zoomed(near, SIZE, 0.5, { x: 100, y: 50 })).toEqual(WHOLE);
  });

  it("never leaves the plan, nor comes too near, nor goes too far away", () => {
    const near = zoomed(WHOLE, SIZE, 2, { x: 0, y: 0 });
    expect(moved(near, SIZE, { x: -30, y: 900 })).toEqual({ x: 0, y: 100, scale: 2 });
    expect(zoomed(WHOLE, SIZE, 100, { x: 0, y: 0 }).scale).toBe(6);
    expect(zoomed(WHOLE, SIZE, 0.1, { x: 0, y: 0 })).toEqual(WHOLE);
  });

  it("moves to a point only where it is not seen", () => {
    const near = zoomed(WHOLE, SIZE, 4, { x: 0, y: 0 });
    expect(showing(near, SIZE, { x: 40, y: 20 }, 10)).toBe(near);
    expect(showing(near, SIZE, { x: 300, y: 150 }, 10)).toEqual({ x: 250, y: 125, scale: 4 });
  });

  it("takes points on its grid and within its edges", () => {
    expect(placed({ x: 13.2, y: -5 }, SIZE, 4)).toEqual({ x: 12, y: 0 });
    expect(placed({ x: 1000, y: 101 }, SIZE, 4)).toEqual({ x: 400, y: 100 });
  });
});

const seat = (id: string, x: number, y: number, more: Partial<PlanSeat> = {}): PlanSeat => ({
  id,
  zoneId: "hall",
  label: id.toUpperCase(),
  status: "free",
  x,
  y,
  ...more,
});

const ZONES = [
  { id: "hall", name: "Reading hall", ...SIZE },
  { id: "loft", name: "Loft", ...SIZE },
];
const SEATS = [
  seat("a1", 40, 40, { status: "occupied", said: "until 14:00" }),
  seat("a2", 80, 40, { said: "₹40" }),
  seat("a10", 120, 44, { isFaint: true }),
  seat("b1", 40, 100, { status: "held" }),
  seat("l1", 40, 40, { zoneId: "loft" }),
];

describe("the next seat", () => {
  it("lies ahead, rather straight than near", () => {
    const from = { x: 80, y: 40 };
    expect(nextSeat(from, SEATS, "ArrowRight")?.id).toBe("a10");
    expect(nextSeat(from, SEATS, "ArrowLeft")?.id).toBe("a1");
    expect(nextSeat(from, SEATS, "ArrowDown")?.id).toBe("a10");
    expect(nextSeat(from, SEATS, "ArrowUp")).toBeNull();
  });
});

function plan(onSelect = vi.fn<(seat: PlanSeat) => void>()) {
  render(<FloorPlan label="Central" zones={ZONES} seats={SEATS} onSelect={onSelect} />, { wrapper: MantineProvider });
  return { onSelect, drawing: within(screen.getByRole("group", { name: /^Central/ })) };
}

describe("the floor plan", () => {
  afterEach(cleanup);

  it("says of each seat its state and why, not by colour only", () => {
    const { drawing } = plan();
    expect(drawing.getByRole("button", { name: "Seat A1, occupied, until 14:00" })).toBeTruthy();
    expect(drawing.getByRole("button", { name: "Seat B1, being booked" })).toBeTruthy();
    expect(screen.getByRole("list", { name: "Legend" }).textContent).toBe("Free 2Being booked 1Occupied 1");
  });

  it("is entered at the first free seat and walked by the arrow keys; Enter chooses", () => {
    const { drawing, onSelect } = plan();
    const entrance = drawing.getByRole("button", { name: "Seat A2, free, ₹40" });
    expect(drawing.getAllByRole("button").filter(({ tabIndex }) => tabIndex === 0)).toEqual([entrance]);
    entrance.focus();
    fireEvent.keyDown(entrance, { key: "ArrowLeft" });
    const next = drawing.getByRole("button", { name: /^Seat A1,/ });
    expect(document.activeElement).toBe(next);
    fireEvent.keyDown(next, { key: "Enter" });
    expect(onSelect).toHaveBeenCalledWith(SEATS[0]);
  });

  it("shows one zone, and how many seats are free in each", () => {
    plan();
    fireEvent.click(screen.getByRole("button", { name: /Loft/ }));
    expect(screen.getByRole("button", { name: /Loft/ }).textContent).toBe("Loft 1 free");
    expect(screen.getByRole("button", { name: "Seat L1, free" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Seat A1/ })).toBeNull();
  });

  it("can be read as a list, what has not what was wished for at its end", () => {
    const { onSelect } = plan();
    fireEvent.click(screen.getByRole("radio", { name: "List" }));
    const rows = within(screen.getByRole("list", { name: /^Central/ })).getAllByRole("button");
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      "A1Occupieduntil 14:00",
      "A2Free₹40",
      "B1Being booked",
      "A10Free",
    ]);
    fireEvent.click(rows[1] ?? document.body);
    expect(onSelect).toHaveBeenCalledWith(SEATS[1]);
  });
});

describe("the editor of a plan", () => {
  afterEach(cleanup);

  it("moves a seat by keys, adds one in the middle, and removes the one that is chosen", () => {
    const told = { onSelect: vi.fn(), onMove: vi.fn(), onAdd: vi.fn(), onRemove: vi.fn() };
    const seats = [{ key: "1", label: "A1", x: 398, y: 40, active: true }];
    const wrapper = MantineProvider;
    render(<FloorPlanEditor zone={{ id: "hall", name: "Hall", ...SIZE }} seats={seats} selected="1" {...told} />, {
      wrapper,
    });
    const mark = screen.getByRole("button", { name: "Seat A1, at 398, 40" });
    fireEvent.keyDown(mark, { key: "ArrowDown" });
    fireEvent.keyDown(mark, { key: "ArrowRight", shiftKey: true });
    expect(told.onMove.mock.calls).toEqual([
      ["1", { x: 398, y: 44 }],
      ["1", { x: 400, y: 40 }],
    ]);
    fireEvent.click(screen.getByRole("button", { name: "Add a seat" }));
    expect(told.onAdd).toHaveBeenCalledWith({ x: 200, y: 100 });
    fireEvent.keyDown(mark, { key: "Delete" });
    fireEvent.click(screen.getByRole("button", { name: "Remove the chosen seat" }));
    expect(told.onRemove.mock.calls).toEqual([["1"], ["1"]]);
  });
});
