import { describe, expect, it } from "vitest";
import { comparePositions, parseLsn, reconnectDelayMs, RequestFailed, unwrap } from "../src/client";
import { failure } from "../src/client/failure";
import { worthRetrying } from "../src/query";
import { at } from "../src/testing";
import { minutesAndSeconds } from "../src/ui/CountdownTimer";

describe("log positions", () => {
  it("are read from PostgreSQL's text form and ordered as numbers", () => {
    expect(parseLsn("16/B374D848")).toBe(0x16_b374d848n);
    expect(comparePositions(at("9/0"), at("10/0"))).toBeLessThan(0);
    expect(comparePositions(at("1/5", 2), at("1/5", 1))).toBeGreaterThan(0);
    expect(comparePositions(at("1/5", 2), at("1/5", 2))).toBe(0);
  });

  it.each([undefined, null, 7, "", "16", "16/", "/1", "16/B374D848F", "x/1"])("are null for %j", (text) => {
    expect(parseLsn(text)).toBeNull();
  });
});

describe("failures", () => {
  it("carry the server's code and sentence in each of its forms", () => {
    expect(failure(409, { code: "sold_out", message: "Gone." })).toMatchObject({ code: "sold_out", message: "Gone." });
    expect(failure(400, { code: 400, error_code: "bad_json", msg: "No JSON." })).toMatchObject({
      code: "bad_json",
      message: "No JSON.",
    });
    expect(failure(502, null)).toMatchObject({ code: "unknown", status: 502 });
    expect(failure(0, null)).toMatchObject({ code: "network" });
  });

  it("are thrown instead of data that is not there", () => {
    expect(unwrap({ data: [1], error: null })).toEqual([1]);
    expect(() => unwrap({ data: null, error: { message: "denied", code: "42501" }, status: 401 })).toThrow("denied");
    expect(() => unwrap({ data: null, error: null })).toThrow(RequestFailed);
  });

  it("are worth retrying unless the server refused", () => {
    expect(worthRetrying(0, new RequestFailed("no", "x", 404))).toBe(false);
    expect(worthRetrying(0, new RequestFailed("busy", "x", 503))).toBe(true);
    expect(worthRetrying(3, new RequestFailed("busy", "x", 503))).toBe(false);
  });
});

describe("time", () => {
  it("is waited for between attempts longer and longer, and never by all at the same moment", () => {
    const delays = [1, 2, 3, 4, 5, 6, 60].map((attempt) => reconnectDelayMs(attempt));
    expect(delays).toEqual(
      delays
        .toSorted((a, b) => a - b)
        .with(-2, delays[5] ?? 0)
        .with(-1, delays[6] ?? 0),
    );
    expect(Math.max(...Array.from({ length: 50 }, () => reconnectDelayMs(60)))).toBeLessThanOrEqual(12_500);
  });

  it("is counted down in minutes and seconds, the last second shown whole", () => {
    expect(minutesAndSeconds(15 * 60_000)).toBe("15:00");
    expect(minutesAndSeconds(61_001)).toBe("01:02");
    expect(minutesAndSeconds(1)).toBe("00:01");
    expect(minutesAndSeconds(0)).toBe("00:00");
  });
});
