// @vitest-environment happy-dom
import { createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { page, startPortal } from "../src/shell";
import { portalTheme } from "../src/ui";

const theme = portalTheme(["#000", "#111", "#222", "#333", "#444", "#555", "#666", "#777", "#888", "#999"]);

function portal(path: string) {
  const root = createRootRoute();
  const thing = page(root, "/things/$id", () => Promise.resolve({ ThingPage }), "ThingPage");
  function ThingPage() {
    return <p>This is {thing.useParams().id}.</p>;
  }
  const history = createMemoryHistory({ initialEntries: [path] });
  return { name: "Places", theme, router: createRouter({ routeTree: root.addChildren([thing]), history }) };
}

function serve(answer: Response): void {
  vi.stubGlobal("fetch", () => Promise.resolve(answer));
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  document.body.innerHTML = '<div id="root"></div>';
});
afterEach(() => vi.unstubAllGlobals());

describe("a portal", () => {
  it("asks whose it is and draws the page of its address, with what stands in there", async () => {
    serve(Response.json({ name: "places", title: "Places", anonKey: "key", demo: false }));
    await act(() => startPortal(portal("/things/hall")));
    await vi.waitFor(() => expect(document.body.textContent).toContain("This is hall."));
  });

  it("says why it could not start, and what to do", async () => {
    serve(new Response("", { status: 503 }));
    await startPortal(portal("/things/hall"));
    expect(document.body.textContent).toBe(
      "Places could not start. The server answered 503 when asked for this page's settings. " +
        "Reload the page to try again.",
    );
  });
});
