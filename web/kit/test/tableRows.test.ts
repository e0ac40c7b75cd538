import { afterEach, describe, expect, it, vi } from "vitest";
import { createProjectClient, deleteRows, insertRows, RequestFailed, saveVersion } from "../src/client";
import { newestOf } from "../src/hooks";
import { foundRow } from "../src/hooks/useRow";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A data API that answers each request with these rows, and what it was sent. */
function dataApi(rows: readonly object[], status = 200) {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", (url: string | URL, { method = "GET", body }: RequestInit = {}) => {
    const { pathname, search } = new URL(url);
    sent.push({
      method,
      path: pathname + decodeURIComponent(search),
      body: JSON.parse((body as string | null) ?? "null"),
    });
    return Promise.resolve(new Response(JSON.stringify(rows), { status }));
  });
  const config = { name: "test", title: "Test", anonKey: "key" } as Parameters<typeof createProjectClient>[0];
  return { sent, client: createProjectClient(config, new URL("http://localhost/test/")) };
}

afterEach(() => vi.unstubAllGlobals());

describe("rows that a page writes", () => {
  it("are made, and taken away by their keys", async () => {
    const { sent, client } = dataApi([]);
    await insertRows(client, "closed_days", { reason: "Works" });
    await deleteRows(client, "closed_days", ["d1", "d2"]);
    expect(sent).toEqual([
      { method: "POST", path: "/test/rest/v1/closed_days?select=id", body: { reason: "Works" } },
      { method: "DELETE", path: "/test/rest/v1/closed_days?id=in.(d1,d2)&select=id", body: null },
    ]);
  });

  it("change only in the version that the reader saw", async () => {
    const { sent, client } = dataApi([{ id: "c1" }]);
    expect(await saveVersion(client, "cars", { id: "c1", version: 3 }, { name: "Blue" })).toBe("c1");
    expect(sent[0]).toEqual({
      method: "PATCH",
      path: "/test/rest/v1/cars?id=eq.c1&version=eq.3&select=id",
      body: { name: "Blue" },
    });
  });

  it("are refused as a conflict where that version is no more", async () => {
    const { client } = dataApi([]);
    const saved = saveVersion(client, "cars", { id: "c1", version: 3 }, { name: "Blue" });
    await expect(saved).rejects.toMatchObject({ code: "edit_conflict" });
  });

  it("are new where none is known", async () => {
    const { sent, client } = dataApi([{ id: "c2" }], 201);
    expect(await saveVersion(client, "cars", null, { name: "Red" })).toBe("c2");
    expect(sent[0]?.method).toBe("POST");
  });
});

describe("the newest rows", () => {
  it("are so many by when they were made, the newest first", () => {
    const at = (second: number) => ({ id: second, created_at: `2026-03-01T09:00:0${second}Z` });
    expect(newestOf([at(3), at(1), at(2)], 2).map(({ id }) => id)).toEqual([3, 2]);
  });
});

describe("one row", () => {
  it("is the first that was found, or none", () => {
    expect(foundRow([{ id: "c1" }], null)).toEqual({ row: { id: "c1" }, error: null });
    expect(foundRow([], null)).toEqual({ row: null, error: null });
    expect(foundRow(undefined, null)).toEqual({ row: undefined, error: null });
  });

  it("is none where its id was mistyped; any other refusal is told", () => {
    const mistyped = new RequestFailed("invalid input syntax for type uuid", "22P02", 400);
    expect(foundRow(undefined, mistyped)).toEqual({ row: null, error: null });
    const away = new RequestFailed("The server could not be reached.", "network", 0);
    expect(foundRow(undefined, away)).toEqual({ row: undefined, error: away });
  });
});
