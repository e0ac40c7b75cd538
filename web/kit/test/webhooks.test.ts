import { afterEach, describe, expect, it, vi } from "vitest";
import type { ProjectClient } from "../src/client";
import {
  getWebhookStats,
  sendToMakeWebhook,
  sendToMakeWebhookWithRetry,
  testMakeWebhook,
  validateMakeWebhookConfig,
} from "../src/webhooks";
import { attemptsAt, type Attempt, type Endpoint, endpointsOf } from "../src/webhooks/answers";
import { rowOf } from "../src/webhooks/AttemptDialog";
import { nameOf } from "../src/webhooks/Endpoints";

describe("the console of webhooks", () => {
  const endpoint = (id: string, organisation_id: string | null) =>
    ({ id, organisation_id, description: "", url: "https://hook.example/a/b" }) as Endpoint;
  const endpoints = [endpoint("x", "o1"), endpoint("y", "o2"), endpoint("z", null)];

  it("shows one organisation's endpoints and what was sent there", () => {
    const own = endpointsOf("o1", endpoints);
    const attempts = [{ endpoint_id: "x" }, { endpoint_id: "y" }] as Attempt[];
    expect(own?.map(({ id }) => id)).toEqual(["x"]);
    expect(attemptsAt(own, attempts)).toEqual([{ endpoint_id: "x" }]);
    expect(attemptsAt(undefined, attempts)).toBeUndefined();
  });

  it("calls an endpoint by its description, else by its host", () => {
    expect(nameOf({ description: "Accounting", url: "https://hook.example" })).toBe("Accounting");
    expect(nameOf(endpoint("x", "o1"))).toBe("hook.example");
  });

  it("finds the row that an event is of", () => {
    expect(rowOf({ data: { event_id: "e1" } })).toBe("e1");
    expect(rowOf({ data: {} })).toBeNull();
    expect(rowOf(undefined)).toBeNull();
  });
});

describe("Make.com by the names that its users know", () => {
  const client = {
    url: new URL("https://place.example/bookings/"),
    config: { anonKey: "public" },
    supabase: { auth: { getSession: () => Promise.resolve({ data: { session: { access_token: "staff" } } }) } },
  } as unknown as ProjectClient;
  const asked: { readonly to: string; readonly request: RequestInit }[] = [];

  function answer(body: object): void {
    vi.stubGlobal("fetch", (url: URL, request: RequestInit) => {
      asked.push({ to: `${String(request.method)} ${url.pathname}`, request });
      return Promise.resolve(new Response(JSON.stringify(body)));
    });
  }

  afterEach(() => {
    vi.unstubAllGlobals();
    asked.length = 0;
  });

  it("sends by the server, as who is signed in, and says how often it was tried", async () => {
    const event = { event: "booking.confirmed", data: { booking_number: "BK-1" } };
    answer({ success: true, error: null });
    expect(await sendToMakeWebhook(client, event)).toEqual({ success: true, error: null });
    answer({ success: false, error: "410", attempts: 2 });
    expect((await sendToMakeWebhookWithRetry(client, event, { waitSeconds: 5 })).attempts).toBe(2);
    expect(asked.map(({ to }) => to)).toEqual([
      "POST /bookings/webhooks/v1/make/send",
      "POST /bookings/webhooks/v1/make/send-with-retry",
    ]);
    expect(asked.map(({ request }) => JSON.parse(request.body as string) as unknown)).toEqual([
      event,
      { ...event, wait_seconds: 5 },
    ]);
    expect(new Headers(asked[0]?.request.headers).get("Authorization")).toBe("Bearer staff");
  });

  it("tests, checks the settings and counts", async () => {
    answer({ success: true, error: null, response_time: 12 });
    expect(await testMakeWebhook(client)).toEqual({ success: true, error: null, responseTime: 12 });
    answer({ is_valid: false, errors: ["MAKE_WEBHOOK_URL is not set."], warnings: [] });
    expect((await validateMakeWebhookConfig(client)).isValid).toBe(false);
    answer({ total_sent: 3, successful_sent: 2, average_response_time: null });
    expect(await getWebhookStats(client)).toEqual({ totalSent: 3, successfulSent: 2, averageResponseTime: null });
  });
});
