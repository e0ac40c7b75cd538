import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Answers } from "../src/client/answers";
import { at } from "../src/testing";

const NOON = new Date("2026-03-01T12:00:00Z");

function answering(headers: Record<string, string>): Answers {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("[]", { headers })));
  return new Answers();
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an answer", () => {
  it("says by its request's signal which position its rows have", async () => {
    const answers = answering({ "Millstream-Lsn": "0/16B3748" });
    const { signal } = new AbortController();
    await answers.fetch("/rest/v1/events", { signal });
    expect(answers.positionOf(signal)).toEqual(at("0/16B3748"));
    expect(answers.positionOf(new AbortController().signal)).toBeNull();
  });

  it("without a position says none", async () => {
    const answers = answering({});
    const { signal } = new AbortController();
    await answers.fetch("/rest/v1/events", { signal });
    expect(answers.positionOf(signal)).toBeNull();
  });

  it("corrects a clock that is wrong", async () => {
    const answers = answering({ Date: "Sun, 01 Mar 2026 11:55:00 GMT" });
    await answers.fetch("/");
    expect(answers.now()).toBe(Date.parse("2026-03-01T11:55:00.500Z"));
  });

  it("leaves a clock alone that is as right as can be told", async () => {
    const answers = answering({ Date: "Sun, 01 Mar 2026 11:59:59 GMT" });
    await answers.fetch("/");
    expect(answers.now()).toBe(NOON.getTime());
  });
});
