// @vitest-environment happy-dom
import { MantineProvider, TextInput } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Project, ProjectContext } from "../src/hooks";
import { Announcer } from "../src/live";
import { ConflictDialog, useVersionedForm } from "../src/ui";

interface Values {
  readonly name: string;
  readonly price: string;
}

const FIRST = { values: { name: "Haircut", price: "30" }, version: 1 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

interface Row {
  readonly values: Values;
  readonly version: number;
}

const sent: [Values, number][] = [];

function ServiceForm({ row }: { readonly row: Row }) {
  const { form, onSubmit, conflict } = useVersionedForm<Values, null>({
    actual: row,
    send: (_, values, version) => {
      sent.push([values, version]);
      return Promise.resolve(null);
    },
    onDone: () => undefined,
    say: () => "no",
  });
  return (
    <form onSubmit={onSubmit}>
      <TextInput label="Name" {...form.getInputProps("name")} />
      <TextInput label="Price" {...form.getInputProps("price")} />
      <button type="submit">Save</button>
      <ConflictDialog<Values> {...conflict} labelOf={(field) => ({ name: "Name", price: "Price" })[field]} />
    </form>
  );
}

function open() {
  sent.length = 0;
  const announcer = new Announcer();
  const page = (row: Row) => (
    <StrictMode>
      <QueryClientProvider client={new QueryClient()}>
        <ProjectContext value={{ announcer } as Project}>
          <MantineProvider>
            <ServiceForm row={row} />
          </MantineProvider>
        </ProjectContext>
      </QueryClientProvider>
    </StrictMode>
  );
  const { rerender } = render(page(FIRST));
  return {
    announcer,
    becomes: (values: Partial<Values>, version: number) => {
      act(() => {
        rerender(page({ values: { ...FIRST.values, ...values }, version }));
      });
    },
  };
}

const field = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } });
const save = async () => {
  await act(async () => {
    fireEvent.click(screen.getByText("Save"));
    await vi.advanceTimersByTimeAsync(1_000);
  });
};
const isMarked = (name: string) => field(name).hasAttribute("data-taken");

describe("an open form of a row", () => {
  it("follows others in the fields that were not changed, keeps what was typed, and saves both", async () => {
    const { becomes } = open();
    type("Name", "Cut");
    becomes({ price: "35" }, 2);
    expect([field("Name").value, field("Price").value]).toEqual(["Cut", "35"]);
    await save();
    expect(sent).toEqual([[{ name: "Cut", price: "35" }, 2]]);
  });

  it("marks what has just come and says it, for a moment", () => {
    const { becomes, announcer } = open();
    becomes({ price: "35" }, 2);
    expect([isMarked("Name"), isMarked("Price")]).toEqual([false, true]);
    expect(announcer.spoken.get()).toBe("A colleague changed: Price.");
    act(() => void vi.advanceTimersByTime(4_000));
    expect(isMarked("Price")).toBe(false);
  });

  it("asks about a field that both changed, and of what was there when it was typed", async () => {
    const { becomes } = open();
    type("Price", "40");
    becomes({ price: "35" }, 2);
    expect([field("Price").value, isMarked("Price")]).toEqual(["40", false]);
    await save();
    expect(sent).toEqual([]);
    expect(screen.getByText(/It was:/).textContent).toContain("30");
  });

  it("takes a field again that was typed back to what it was", () => {
    const { becomes } = open();
    type("Price", "40");
    type("Price", "30");
    becomes({ price: "35" }, 2);
    expect(field("Price").value).toBe("35");
  });

  it("takes what the server made of its own change, which is nobody's news", async () => {
    const { becomes } = open();
    type("Name", " Cut ");
    await save();
    becomes({ name: "Cut" }, 2);
    expect([field("Name").value, isMarked("Name")]).toEqual(["Cut", false]);
    becomes({ name: "Trim" }, 3);
    expect([field("Name").value, isMarked("Name")]).toEqual(["Trim", true]);
  });
});
