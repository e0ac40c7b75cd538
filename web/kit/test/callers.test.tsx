// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Callers, sayCallers } from "../src/ui";

const ID = "2f1c7d4a-8a53-4c0e-9a57-1b8a4a3c1d10";

afterEach(cleanup);

function shown(callers: readonly string[], emails: Readonly<Record<string, string>> = {}): void {
  render(
    <MantineProvider>
      <Callers callers={callers} emails={emails} />
    </MantineProvider>,
  );
}

describe("who is connected", () => {
  it("is said by e-mail address, with the id to be seen by who points at it", () => {
    shown([ID], { [ID]: "ada@example.com" });
    expect(screen.getByText("ada@example.com")).toBeTruthy();
    expect(screen.getByTitle(`ada@example.com · ${ID}`)).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("is an id to be copied where no address is known", () => {
    shown([ID]);
    expect(screen.getByText("2f1c7d4a…")).toBeTruthy();
    expect(screen.getByRole("button", { name: `Copy ${ID}` })).toBeTruthy();
  });

  it("is nobody, or some and how many more", () => {
    shown([]);
    expect(screen.getByText("nobody signed in")).toBeTruthy();
    cleanup();
    shown(["a", "b", "c", "d", "e"]);
    expect(screen.getByText("and 2 more")).toBeTruthy();
  });

  it("is found and exported in full", () => {
    expect(sayCallers({ callers: [ID, "b"], emails: { b: "b@example.com" } })).toBe(`${ID}, b@example.com`);
  });
});
