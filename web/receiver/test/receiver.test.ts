import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import published from "../../../docs/reference/webhook-vectors.json";
import { openWebhook, Seen, WebhookRefused } from "../src";

describe("the published vectors", () => {
  it.each(published.vectors)("$name", async ({ valid, keys, now, headers, body }) => {
    const opened = openWebhook(headers, body, keys, { now: () => now * 1000 });
    if (valid) await expect(opened).resolves.toMatchObject({ id: headers["webhook-id"] });
    else await expect(opened).rejects.toThrow(WebhookRefused);
  });
});

describe("the reference library", () => {
  it("signs what we open", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const body = '{"type": "a.b", "data": {"n": 1}}';
    const now = new Date();
    const headers = {
      "Webhook-Id": "msg_1",
      "Webhook-Timestamp": String(Math.floor(now.getTime() / 1000)),
      "Webhook-Signature": new Webhook(secret).sign("msg_1", now, body),
    };
    const event = await openWebhook(headers, body, ["whsec_" + "A".repeat(44), secret]);
    expect(event).toMatchObject({ id: "msg_1", type: "a.b", data: { n: 1 } });
    await expect(openWebhook(new Headers(headers), body + " ", [secret])).rejects.toThrow(WebhookRefused);
  });
});

describe("Seen", () => {
  it("knows what came before, until too much came since", () => {
    const seen = new Seen(2);
    expect(["a", "b", "a", "c", "a"].map((id) => seen.firstTime(id))).toEqual([true, true, false, true, true]);
  });
});
