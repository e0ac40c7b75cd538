// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Notification } from "../src/client";
import { mayManage, unseenOf } from "../src/shell";
import {
  type AmountNames,
  CodeDialog,
  comingOf,
  dayFilter,
  Form,
  Item,
  ItemList,
  PriceList,
  RowChoice,
  sayEvent,
  sayPriceChange,
  shortMoney,
  sideOfToday,
  stateFilter,
} from "../src/ui";
import { columnsFor } from "../src/ui/office/Figures";

function shown(children: ReactNode) {
  return render(<MantineProvider>{children}</MantineProvider>);
}

afterEach(cleanup);

describe("those who work for an organisation", () => {
  it("manage it as owners and managers", () => {
    expect(["owner", "manager", "staff"].map((role) => mayManage({ role } as never))).toEqual([true, true, false]);
  });

  it("have not seen what they were told of this kind and have not read", () => {
    const told = { kind: "booking.created", organisation_id: "o1", read_at: null };
    const notifications = [
      { ...told, id: "n1" },
      { ...told, id: "read", read_at: "2026-03-01T05:00:00Z" },
      { ...told, id: "elsewhere", organisation_id: "o2" },
      { ...told, id: "other", kind: "booking.cancelled" },
    ] as Notification[];
    expect(unseenOf(notifications, "booking.created", "o1").map(({ id }) => id)).toEqual(["n1"]);
  });
});

describe("a table of bookings", () => {
  const booking = { status: "held", booking_number: "B-1", currency: "EUR", timezone: "Asia/Kolkata" };

  it("is filtered by the states that it may show, in their words", () => {
    const { options, matches } = stateFilter(["held", "confirmed"]);
    expect(options.map(({ label }) => label)).toEqual(["Held", "Confirmed"]);
    expect([matches(booking, "held"), matches(booking, "confirmed")]).toEqual([true, false]);
  });

  it("knows today by the clock of the place", () => {
    const now = new Date("2026-03-02T04:30:00Z");
    expect(sideOfToday("2026-03-01T20:00:00Z", booking.timezone, now)).toBe("today");
    expect(sideOfToday("2026-03-02T20:00:00Z", booking.timezone, now)).toBe("later");
    expect(sideOfToday("2026-03-01T10:00:00Z", booking.timezone, now)).toBe("before");
    expect(dayFilter(() => "2001-01-01T10:00:00Z").matches(booking, "before")).toBe(true);
  });
});

describe("what a place has", () => {
  it("is closed on days that are not over, the soonest first", () => {
    const days = (first_day: string, last_day = first_day) => ({ first_day, last_day });
    const rows = [days("2026-12-24", "2026-12-26"), days("2026-03-01"), days("2026-02-27", "2026-03-02")];
    expect(comingOf(rows, "2026-03-02").map(({ first_day }) => first_day)).toEqual(["2026-02-27", "2026-12-24"]);
  });
});

describe("prices", () => {
  const names: AmountNames<"day" | "week"> = {
    day: { label: "A day", per: "a day" },
    week: { label: "A week, at most", per: "a week at most" },
  };
  const tariff = { names, currency: "EUR", money: (amount: number) => shortMoney(amount, "EUR", "en") };

  it("say what changed, and nothing of what stayed", () => {
    const old = { day: 40, week: 200 };
    expect(sayPriceChange(old, { ...old, day: 45 }, tariff)).toBe("€40 → €45 a day");
    expect(sayPriceChange(null, old, tariff)).toBe("€40 a day, €200 a week at most");
    expect(sayPriceChange(old, { ...old, week: null }, tariff)).toBe("€200 → none a week at most");
  });

  it("are listed with what they are of, and changed only by those who may", () => {
    const prices = [
      { id: "small", name: "Small cars", price: { day: 40, week: null, version: 1 }, unpriced: "" },
      { id: "vans", name: "Vans", price: null, unpriced: "On request" },
    ];
    const setting = { send: vi.fn(), sayDone: () => "", say: () => "" };
    shown(<PriceList prices={prices} tariff={tariff} mayChange={false} {...setting} />);
    expect(screen.getByRole("list").textContent).toBe("Small cars€40 a dayVansOn request");
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("an event of a log", () => {
  const event = { id: "e1", event_type: "car.returned", actor: "staff", created_at: "2026-03-01T09:00:00Z" };

  it("is said by the words for its type and for who did it", () => {
    const sayings = { "car.returned": { title: "Returned", tone: "good", Sign: (() => null) as never } } as const;
    expect(sayEvent(event, sayings, { staff: "Staff" }, "With a full tank")).toMatchObject({
      title: "Returned",
      tone: "good",
      by: "Staff",
      detail: "With a full tank",
    });
  });

  it("stands there by its own name where there are none", () => {
    const entry = sayEvent(event, {}, {}, "");
    expect([entry.title, entry.by, entry.detail]).toEqual(["car.returned", "staff", undefined]);
  });
});

describe("figures", () => {
  it("stand in rows of about the same length", () => {
    expect([1, 4, 5, 6, 7, 11].map(columnsFor)).toEqual([1, 4, 5, 3, 4, 4]);
  });
});

describe("the parts of a form", () => {
  it("send without leaving the page, and say what was refused", () => {
    const onSubmit = vi.fn();
    shown(
      <Form problem="It is taken." onSubmit={onSubmit}>
        <button>Send</button>
      </Form>,
    );
    fireEvent.click(screen.getByRole("button"));
    expect(onSubmit.mock.calls[0]?.[0]).toMatchObject({ defaultPrevented: true });
    expect(screen.getByRole("alert").textContent).toBe("It is taken.");
  });

  it("cannot be changed by those who may only read", () => {
    shown(
      <Form onSubmit={() => undefined} mayChange={false}>
        <input aria-label="Name" />
      </Form>,
    );
    expect(screen.getByRole("group").hasAttribute("disabled")).toBe(true);
  });
});

describe("a list", () => {
  it("leaves out what is not said", () => {
    const { container } = shown(
      <ItemList>
        <Item title="Christmas" details={["", "Works"]} />
      </ItemList>,
    );
    expect(container.querySelectorAll("li p")).toHaveLength(1);
  });

  it("of one gives no choice", () => {
    const one = { id: "b1", name: "North" };
    shown(<RowChoice label="Branch" rows={[one]} current={one} onChoose={() => undefined} />);
    expect(screen.queryByRole("combobox")).toBeNull();
  });
});

describe("a code that somebody shows", () => {
  it("is used once it is there, and the next one may follow when it was taken", () => {
    const onCode = vi.fn((_code: string, taken: () => void) => taken());
    shown(
      <CodeDialog
        title="Hand over"
        description="Eight letters."
        action="Hand over"
        opened
        onClose={() => undefined}
        isPending={false}
        problem={null}
        onCode={onCode}
      />,
    );
    const field = screen.getByLabelText<HTMLInputElement>("Code of the booking");
    fireEvent.change(field, { target: { value: "abcd-2345" } });
    fireEvent.submit(field);
    expect(onCode.mock.calls[0]?.[0]).toBe("ABCD2345");
    expect(field.value).toBe("");
  });
});
