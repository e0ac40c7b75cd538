// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { IconWindow } from "@tabler/icons-react";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { levelOf, type ListSearch, matching, openness, optionsOf, TraitTags, WatchButton } from "../src/ui";

afterEach(cleanup);

interface Place {
  readonly name: string;
  readonly city: string;
}

const CITY = { name: "city", label: "City", all: "All cities", of: ({ city }: Place) => city };
const SEARCH: ListSearch<Place> = {
  label: "Search",
  placeholder: "Name",
  textsOf: ({ name, city }) => [name, city],
  choices: [CITY],
};
const PLACES = [
  { name: "Bibliothèque Nord", city: "Pune" },
  { name: "Zoo", city: "Kochi" },
  { name: "Nord House", city: "Pune" },
];

describe("a list that is searched", () => {
  const shown = (params: Record<string, string>): readonly string[] =>
    matching(PLACES, SEARCH, params).map(({ name }) => name);

  it("has what has all words, in any order, without case and accents", () => {
    expect(shown({})).toHaveLength(3);
    expect(shown({ search: " nord  BIBLIOTHEQUE" })).toEqual(["Bibliothèque Nord"]);
    expect(shown({ search: "nord kochi" })).toEqual([]);
  });

  it("has what was chosen; no choice is every one", () => {
    expect(shown({ city: "Kochi" })).toEqual(["Zoo"]);
    expect(shown({ city: "", search: "nord" })).toHaveLength(2);
    expect(optionsOf(PLACES, CITY)).toEqual(["Kochi", "Pune"]);
  });
});

describe("what cards say", () => {
  it("is how much is left", () => {
    expect([levelOf(0, 10), levelOf(1, 10), levelOf(2, 10)]).toEqual(["none", "low", "plenty"]);
  });

  it("is whether a place is open, or when it opens", () => {
    const noon = Date.parse("2026-03-02T06:40:00Z");
    const closed = (opens_next: string | null): string =>
      openness({ open_now: false, opens_next }, "Asia/Kolkata", noon).saying;
    expect(openness({ open_now: true, opens_next: null }, "Asia/Kolkata", noon).saying).toBe("Open now");
    expect(closed("2026-03-03T03:30:00Z")).toMatch(/^Opens .*3.*09:00/);
    expect(closed("2026-03-02T08:30:00Z")).toMatch(/^Opens .?\d?14:00|^Opens 0?2:00/);
    expect(closed(null)).toBe("Closed");
  });

  it("is what something has, by its own name where there is no word for it", () => {
    render(
      <TraitTags traits={{ window: { label: "Window", Sign: IconWindow } }} names={["window", "roof"]} label="Has" />,
    );
    expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent.trim())).toEqual(["Window", "roof"]);
  });
});

describe("the button that asks to be told", () => {
  it("asks, or takes it back", () => {
    const [onWatch, onStop] = [vi.fn(), vi.fn()];
    const button = (isWatched: boolean) => (
      <MantineProvider>
        <WatchButton label="Tell me" isWatched={isWatched} isPending={false} onWatch={onWatch} onStop={onStop} />
      </MantineProvider>
    );
    const { rerender } = render(button(false));
    fireEvent.click(screen.getByRole("button", { name: "Tell me" }));
    rerender(button(true));
    fireEvent.click(screen.getByRole("button", { name: "You will be told · stop" }));
    expect([onWatch.mock.calls.length, onStop.mock.calls.length]).toEqual([1, 1]);
  });
});
