// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chime } from "../src/live";

const used = (hasBeenActive: boolean): void => {
  vi.stubGlobal("navigator", { userActivation: { hasBeenActive } });
};

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("the chime", () => {
  it("is silent until the reader has used the page", () => {
    const sound = vi.fn();
    const chime = new Chime("shop", sound);
    used(false);
    chime.ring(0);
    expect(sound).not.toHaveBeenCalled();
    used(true);
    chime.ring(1);
    expect(sound).toHaveBeenCalledOnce();
  });

  it("sounds once for a burst", () => {
    used(true);
    const sound = vi.fn();
    const chime = new Chime("shop", sound);
    [0, 100, 3_900, 4_100, 4_200].forEach((now) => chime.ring(now));
    expect(sound).toHaveBeenCalledTimes(2);
  });

  it("is silent while it is muted, which the browser remembers for each project", () => {
    used(true);
    const sound = vi.fn();
    new Chime("shop").mute(true);
    const chime = new Chime("shop", sound);
    chime.ring(0);
    expect(chime.muted.get()).toBe(true);
    expect(sound).not.toHaveBeenCalled();
    expect(new Chime("other").muted.get()).toBe(false);
  });
});
