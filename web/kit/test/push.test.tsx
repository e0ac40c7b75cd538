// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProjectClient } from "../src/client";
import { type Project, ProjectContext } from "../src/hooks";
import { createQueryClient } from "../src/query";
import { PushSwitch } from "../src/shell/PushSwitch";

const KEY = "BP4z";
const ENDPOINT = "https://push.example/1";
const bytes = (text: string) => Uint8Array.from(atob(text), (each) => each.codePointAt(0) ?? 0).buffer;

/** What the browser knows: the permission, and a subscription for a key. */
let permission: NotificationPermission;
let subscribedFor: string | null;
/** What the server knows: the endpoints of whoever is signed in. */
let devices: Set<unknown>;
let called: string[];

function subscription() {
  if (subscribedFor === null) return null;
  return {
    endpoint: ENDPOINT,
    options: { applicationServerKey: bytes(subscribedFor) },
    getKey: (name: string) => bytes(name === "auth" ? "AAAA" : "//+/"),
    unsubscribe: () => Promise.resolve((subscribedFor = null)),
  };
}

const pushManager = {
  getSubscription: () => Promise.resolve(subscription()),
  subscribe: ({ applicationServerKey }: { applicationServerKey: string }) => {
    subscribedFor = applicationServerKey;
    return Promise.resolve(subscription());
  },
};

function rpc(name: string, given: { endpoint: string | null }) {
  called.push(name);
  if (name === "add_push_device") {
    devices.add(given.endpoint);
    expect(given).toEqual({ endpoint: ENDPOINT, p256dh: "__-_", auth_secret: "AAAA" });
  }
  if (name === "remove_push_device") devices.delete(given.endpoint);
  const data = name === "push_settings" ? { key: KEY, on: devices.has(given.endpoint) } : null;
  return Promise.resolve({ data, error: null, status: 200 });
}

function shown(): void {
  const session = { subscribe: () => () => undefined, get: () => SESSION };
  const client = { supabase: { rpc } } as unknown as ProjectClient;
  const project = { client, session: { session } } as unknown as Project;
  render(
    <MantineProvider>
      <QueryClientProvider client={createQueryClient()}>
        <ProjectContext value={project}>
          <PushSwitch />
        </ProjectContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const SESSION = { user: { id: "ann" } };

const theSwitch = () => screen.findByRole<HTMLInputElement>("switch", { name: /^Notify me on this device/ });

beforeEach(() => {
  permission = "default";
  subscribedFor = null;
  devices = new Set();
  called = [];
  vi.stubGlobal("PushManager", {});
  vi.stubGlobal("Notification", {
    get permission() {
      return permission;
    },
    requestPermission: () => Promise.resolve((permission = permission === "default" ? "granted" : permission)),
  });
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { ready: Promise.resolve({ pushManager }) },
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the switch for notifications on this device", () => {
  it("subscribes the browser and tells the server, and takes both back", async () => {
    shown();
    const input = await theSwitch();
    expect(input.checked).toBe(false);
    fireEvent.click(input);
    await waitFor(() => expect(input.checked).toBe(true));
    expect([subscribedFor, [...devices]]).toEqual([KEY, [ENDPOINT]]);
    fireEvent.click(input);
    await waitFor(() => expect(input.checked).toBe(false));
    expect([subscribedFor, [...devices]]).toEqual([null, []]);
  });

  it.each([
    ["of somebody else who was signed in here", KEY, []],
    ["for a key that the server had before", "AAAA", [ENDPOINT]],
  ])("is off where the browser has a subscription %s, and makes it this one's", async (_what, key, known) => {
    permission = "granted";
    subscribedFor = key;
    devices = new Set(known);
    shown();
    const input = await theSwitch();
    expect(input.checked).toBe(false);
    fireEvent.click(input);
    await waitFor(() => expect(input.checked).toBe(true));
    expect([subscribedFor, [...devices]]).toEqual([KEY, [ENDPOINT]]);
  });

  it("says that the browser blocks, before and after it was asked", async () => {
    permission = "denied";
    shown();
    expect((await theSwitch()).disabled).toBe(true);
    expect(screen.getByText(/blocks notifications/)).toBeTruthy();
    cleanup();
    permission = "default";
    shown();
    const input = await theSwitch();
    permission = "denied";
    fireEvent.click(input);
    await screen.findByText(/blocks notifications/);
    expect(called).toEqual([]);
  });

  it.each([
    ["cannot show any", "Mozilla/5.0 (X11; Linux)", /cannot show notifications/],
    ["wants the portal on the home screen", "Mozilla/5.0 (iPhone)", /home screen/],
  ])("says that the browser %s", async (_what, userAgent, saying) => {
    vi.stubGlobal("PushManager", undefined);
    Reflect.deleteProperty(globalThis, "PushManager");
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(userAgent);
    shown();
    expect((await theSwitch()).disabled).toBe(true);
    expect(screen.getByText(saying)).toBeTruthy();
  });
});
