import { describe, expect, it } from "vitest";
import { factsOf, RequestFailed } from "../src/client";
import { refusalsOf } from "../src/ui";

const { refusal, sayRefusal } = refusalsOf({
  gone: { title: "It is gone", message: "Choose another one." },
  network: { title: "No connection", message: "Try again." },
  taken: ({ until }, zone) => ({ title: "It is taken", message: `Until ${String(until)} in ${zone}.` }),
});

function failed(code: string, details: unknown = null): RequestFailed {
  return new RequestFailed("Said by the server.", code, 409, details);
}

describe("a refusal", () => {
  it("is said in the words of the application's table", () => {
    expect(refusal(failed("gone"), "UTC")).toEqual({ title: "It is gone", message: "Choose another one." });
    expect(sayRefusal(failed("gone"))).toBe("It is gone. Choose another one.");
  });

  it("is said by its facts where the table says so, however the server sent them", () => {
    for (const details of [{ until: "noon" }, '{"until": "noon"}']) {
      expect(refusal(failed("taken", details), "Asia/Kolkata").message).toBe("Until noon in Asia/Kolkata.");
    }
  });

  it("of the kit has words, which the application may change", () => {
    expect(refusal(failed("edit_conflict"), "UTC").title).toBe("Somebody else changed this meanwhile");
    expect(refusal(failed("network"), "UTC").title).toBe("No connection");
    expect(sayRefusal(failed("23514"))).toBe("One of the values is not possible. Look at numbers and lengths again.");
  });

  it("that nobody has words for is said in the server's", () => {
    expect(sayRefusal(failed("new_code"))).toBe("That did not work. Said by the server.");
  });

  it("without facts has none", () => {
    for (const details of [null, undefined, 3, "no JSON", "null"]) expect(factsOf(details)).toEqual({});
  });
});
