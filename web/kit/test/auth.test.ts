import { describe, expect, it } from "vitest";
import { checkCode, digitsOf } from "../src/auth/CodeField";
import { describeDevice } from "../src/auth/device";
import { checkEmail } from "../src/auth/EmailField";
import { nameOf } from "../src/auth/names";
import { sayAgo } from "../src/auth/pages/times";
import { judgePassword } from "../src/auth/password";
import { safeNext } from "../src/auth/paths";
import { providerName } from "../src/auth/ProviderButtons";
import { mayInvite, maySeeMembers, rolesToGive } from "../src/auth/roles";
import { say } from "../src/auth/sayings";
import { needsSecondFactor, readAuthSettings, RequestFailed, type Session, type User } from "../src/client";
import { initialsOf } from "../src/ui/PersonAvatar";

describe("the path to go on to", () => {
  it("is a path of this portal", () => {
    expect(safeNext("/events/ball?tab=seats#row")).toBe("/events/ball?tab=seats#row");
  });

  it.each([
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "javascript:alert(1)",
    "events",
    "",
    null,
    undefined,
    7,
  ])("is never %j, which the address bar may say", (wanted) => {
    expect(safeNext(wanted)).toBe("/");
  });

  it("is not a page for signing in, or one would go round in circles", () => {
    expect(safeNext("/sign-in?next=/sign-in")).toBe("/");
    expect(safeNext("/auth/callback")).toBe("/");
  });
});

describe("a refusal", () => {
  it("is said by its code", () => {
    expect(say(new RequestFailed("Invalid login credentials", "invalid_credentials", 400))).toContain("wrong");
  });

  it("is said in the server's words where the code is not known", () => {
    expect(say(new RequestFailed("The moon is full.", "moon_full", 400))).toBe("The moon is full.");
  });

  it("of a weak password says why", () => {
    const refusal = new RequestFailed("Password should be at least 12 characters.", "weak_password", 422, ["length"]);
    expect(say(refusal)).toMatch(/too short.*12 characters/);
    expect(say(new RequestFailed("Too weak.", "weak_password", 422))).toBe("Too weak.");
  });
});

describe("a new password", () => {
  it.each([
    ["", "empty"],
    ["abc", "short"],
    ["aaaaaaaaaaaa", "weak"],
    ["abcdefghijkl", "weak"],
    ["password123", "weak"],
    ["Tr0ub4dor", "fair"],
    ["correct horse battery", "strong"],
  ])("%j is %s", (password, strength) => {
    expect(judgePassword(password, 6).strength).toBe(strength);
  });

  it("is worse when it holds what others know of its owner", () => {
    const known = judgePassword("hopper-1906", 6, ["Grace", "Hopper"]);
    expect(known.share).toBeLessThan(judgePassword("hopper-1906", 6).share);
  });

  it("says how much is missing", () => {
    expect(judgePassword("abcde", 6).advice).toBe("1 more character is needed.");
  });
});

describe("a device", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux", false],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
      true,
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
      "Edge on Windows",
      false,
    ],
    ["Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android", true],
    ["curl/8.9", "curl", false],
    ["something new", "An unknown device", false],
    [null, "An unknown device", false],
  ])("%s is called as its owner would", (agent, name, isPhone) => {
    expect(describeDevice(agent)).toEqual({ name, isPhone });
  });
});

describe("a name", () => {
  const user = (full_name: unknown, email?: string) => ({ user_metadata: { full_name }, email }) as unknown as User;

  it("is what a provider said, where somebody said none", () => {
    expect(nameOf({ user_metadata: { name: "Ada" }, email: "ada@example.org" } as unknown as User)).toBe("Ada");
  });

  it("is what somebody said, else the address, else Guest", () => {
    expect(nameOf(user("Ada Lovelace", "ada@example.org"))).toBe("Ada Lovelace");
    expect(nameOf(user(undefined, "ada@example.org"))).toBe("ada@example.org");
    expect(nameOf(user(" "))).toBe("Guest");
  });

  it.each([
    ["Ada Lovelace", "AL"],
    ["Jean-Luc van der Berg", "JB"],
    ["ada.lovelace@example.org", "AL"],
    ["élodie", "É"],
    ["", ""],
  ])("%j has the initials %s", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe("what is typed", () => {
  it("of a code keeps the digits, also when it was pasted with spaces", () => {
    expect(digitsOf(" 123 456\n")).toBe("123456");
    expect(digitsOf("1234567")).toBe("123456");
    expect(checkCode("12345")).not.toBeNull();
    expect(checkCode("123456")).toBeNull();
  });

  it("of an address is refused only where it certainly is none", () => {
    expect(checkEmail("ada@example.org")).toBeNull();
    expect(checkEmail(" ada@intranet ")).toBeNull();
    expect(checkEmail("ada")).not.toBeNull();
    expect(checkEmail("")).not.toBeNull();
  });
});

describe("a second step", () => {
  const session = (aal: string, status: string) =>
    ({
      access_token: `e30.${btoa(JSON.stringify({ aal })).replaceAll("=", "")}.x`,
      user: { factors: [{ id: "1", status }] },
    }) as unknown as Session;

  it("is needed by a session that an account with an authenticator has not raised", () => {
    expect(needsSecondFactor(session("aal1", "verified"))).toBe(true);
    expect(needsSecondFactor(session("aal2", "verified"))).toBe(false);
    expect(needsSecondFactor(session("aal1", "unverified"))).toBe(false);
    expect(needsSecondFactor(null)).toBe(false);
  });

  it("is needed where the token cannot be read", () => {
    expect(needsSecondFactor({ ...session("aal2", "verified"), access_token: "nonsense" })).toBe(true);
  });
});

describe("the settings of sign-in", () => {
  it("name the identity providers, and nothing else as one", () => {
    const answer = {
      external: { anonymous_users: true, email: true, phone: false, keycloak: true, github: true, gitlab: false },
      disable_signup: true,
      mailer_autoconfirm: true,
      mail_enabled: false,
      organisations_enabled: true,
      password_min_length: 12,
    };
    expect(readAuthSettings(answer)).toEqual({
      guests: true,
      signUp: false,
      mail: false,
      organisations: true,
      providers: ["github", "keycloak"],
      passwordLength: 12,
    });
    expect(["github", "keycloak"].map(providerName)).toEqual(["GitHub", "Keycloak"]);
  });
});

describe("a role", () => {
  it("may give what the server lets it give", () => {
    expect(rolesToGive("owner")).toContain("owner");
    expect(rolesToGive("manager")).toEqual(["staff", "customer"]);
    expect([mayInvite("manager"), mayInvite("staff")]).toEqual([true, false]);
    expect([maySeeMembers("staff"), maySeeMembers("customer")]).toEqual([true, false]);
  });
});

describe("how long ago something was", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");

  it("is said in the largest unit that fits", () => {
    expect(sayAgo("2026-03-01T11:59:40Z", now)).toBe("just now");
    expect(sayAgo("2026-03-01T11:01:00Z", now)).toContain("59");
    expect(sayAgo("2026-03-01T09:00:00Z", now)).toContain("3");
    expect(sayAgo("2025-01-01T00:00:00Z", now)).toContain("2025");
  });
});
