import { beforeEach, describe, expect, it } from "vitest";
import { currentKey, forgetKey, keepKey, onKeyChange, takeKeyFromAddress } from "../src/features/key/adminKey";

describe("the key of a tab", () => {
  beforeEach(() => {
    forgetKey();
    location.hash = "";
  });

  it("is taken from behind the # of the address, which then shows it no more", () => {
    location.hash = "#key=sb_secret_abc-1.2_x";
    takeKeyFromAddress();
    expect(currentKey()).toBe("sb_secret_abc-1.2_x");
    expect(location.hash).toBe("");
  });

  it.each(["#key=", "#key=a b", "#other=sb_secret_x", "#<img>"])("is not taken from %s", (hash) => {
    location.hash = hash;
    takeKeyFromAddress();
    expect(currentKey()).toBeNull();
  });

  it("is told to who shows something by it, and is gone when it is forgotten", () => {
    const heard: (string | null)[] = [];
    const stop = onKeyChange(() => heard.push(currentKey()));
    keepKey("k");
    forgetKey();
    stop();
    keepKey("other");
    expect(heard).toEqual(["k", null]);
  });
});
