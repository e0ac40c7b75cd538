import { describe, expect, it, vi } from "vitest";
import file from "../../config/serviceWorker.js?raw";

const SCOPE = "https://place.test/studyspot/";
const source = file.replace("__FILES__", "[]");

/** Run the worker in a browser of the test's own; returns what it listens for, and what it does. */
function worker(open: readonly string[] = []) {
  const heard = new Map<string, (event: unknown) => void>();
  const focused: string[] = [];
  const openWindow = vi.fn();
  const showNotification = vi.fn();
  const windows = open.map((url) => ({ url, focus: () => focused.push(url) }));
  const self = {
    registration: { scope: SCOPE, showNotification },
    clients: { matchAll: () => Promise.resolve(windows), openWindow },
    addEventListener: (name: string, listener: (event: unknown) => void) => heard.set(name, listener),
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the worker is a script of its own
  const run = new Function("self", source) as (browser: object) => void;
  run(self);
  const tell = async (name: string, event: object) => {
    let done: unknown;
    heard.get(name)?.({ ...event, waitUntil: (work: unknown) => (done = work) });
    await done;
  };
  const click = (link: unknown) => tell("notificationclick", { notification: { close: vi.fn(), data: { link } } });
  return { tell, click, focused, openWindow, showNotification };
}

describe("the service worker", () => {
  it("shows a notification under its id, so that it is shown once", async () => {
    const { tell, showNotification } = worker();
    const message = { id: "7", title: "A seat is free", body: "A1", link: "/bookings" };
    await tell("push", { data: { json: () => message } });
    const icon = `${SCOPE}icon-192.png`;
    expect(showNotification.mock.calls).toEqual([
      ["A seat is free", { body: "A1", tag: "7", icon, data: { link: "/bookings" } }],
    ]);
  });

  it.each([
    ["nothing", null],
    ["no JSON", { json: () => JSON.parse("<") as unknown }],
    ["no title", { json: () => ({}) }],
  ])("shows something for a message with %s, as browsers want", async (_what, data) => {
    const { tell, showNotification } = worker();
    await tell("push", { data });
    expect(showNotification).toHaveBeenCalledWith("There is something new", expect.anything());
  });

  it.each([
    ["/bookings/7?x=1", `${SCOPE}bookings/7?x=1`],
    ["/", SCOPE],
    [null, SCOPE],
    ["/../bookings/", SCOPE],
    ["//elsewhere.test/", `${SCOPE}/elsewhere.test/`],
    ["https://elsewhere.test/", `${SCOPE}.https://elsewhere.test/`],
  ])("opens %s within the portal", async (link, page) => {
    const { click, openWindow } = worker([`${SCOPE}libraries`]);
    await click(link);
    expect(openWindow.mock.calls).toEqual([[page]]);
  });

  it("shows the page where it is open already", async () => {
    const { click, focused, openWindow } = worker([`${SCOPE}libraries`, `${SCOPE}bookings`]);
    await click("/bookings");
    expect(focused).toEqual([`${SCOPE}bookings`]);
    expect(openWindow).not.toHaveBeenCalled();
  });
});
