/**
 * The page's connection with the unmodified socket.io-client, against the unmodified server of the same makers: what it
 * is tried against beside Millstream's own, which the browser tests use.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { createProjectClient, RoomSocket, type SocketEvent } from "../src/client";

const CONFIG = { name: "library", title: "Library", anonKey: "publishable", demo: false };
const ended: (() => void)[] = [];

afterEach(() => ended.splice(0).forEach((end) => end()));

/** A token of this person as the browser reads it; nobody here checks its signature. */
function tokenOf(person: string, serial: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: person, exp: 4_000_000_000, serial })}.sign`;
}

/** Remembers what happened, and lets a test wait until it has. */
class Journal<Entry> {
  readonly entries: Entry[] = [];
  #wake: () => void = () => undefined;

  readonly add = (entry: Entry): void => {
    this.entries.push(entry);
    this.#wake();
  };

  async until(happened: (entries: readonly Entry[]) => boolean): Promise<void> {
    while (!happened(this.entries)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function library() {
  const http = createServer((request, response) => {
    const [, token = ""] = (request.headers.authorization ?? "").split(".");
    const { sub } = JSON.parse(Buffer.from(token, "base64url").toString()) as { sub: string };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ id: sub, aud: "authenticated" }));
  });
  const server = new Server(http, { path: "/library/socket.io", connectionStateRecovery: {} });
  const guests = new Journal<Socket>();
  server.on("connection", (socket) => {
    socket.on("join", (room: string, answer: (given: object) => void) => {
      void socket.join(room);
      answer({ status: "ok" });
    });
    guests.add(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const client = createProjectClient(CONFIG, new URL(`http://127.0.0.1:${port}/library/`));
  const journal = new Journal<string>();
  const listener = {
    connected: (recovered: boolean) => journal.add(recovered ? "recovered" : "connected"),
    told: (event: string, payload: unknown) => journal.add(`${event} ${JSON.stringify(payload)}`),
  };
  const socket = new RoomSocket(client, listener, { fastAttempts: 5 });
  ended.push(
    () => socket.close(),
    () => void server.close(),
    () => void client.supabase.auth.dispose(),
  );
  return { server, guests, client, socket, journal };
}

const tokens = ({ entries }: Journal<Socket>) =>
  entries.map(({ handshake }) => (handshake.auth as { token: string }).token);

describe("the connection to rooms", () => {
  it("shows the publishable key where nobody is signed in, hears, asks and is answered", async () => {
    const { socket, server, guests, journal } = await library();
    await socket.open();
    await journal.until((entries) => entries.includes("connected"));
    expect(tokens(guests)).toEqual(["publishable"]);
    expect(await socket.ask("join", "library:1")).toEqual({ status: "ok" });
    server.to("library:1").emit("seat:availability", { seat: 7 });
    await journal.until((entries) => entries.includes('seat:availability {"seat":7}'));
  });

  it("comes back by itself when it is lost, recovered, and has missed nothing", async () => {
    const { socket, server, guests, journal } = await library();
    const watched: SocketEvent[] = [];
    socket.watchSocket((event) => watched.push(event));
    await socket.open();
    await journal.until((entries) => entries.includes("connected"));
    await socket.ask("join", "library:1");
    server.to("library:1").emit("first", 1);
    await journal.until((entries) => entries.includes("first 1"));
    guests.entries[0]?.conn.close();
    server.to("library:1").emit("second", 2);
    await journal.until((entries) => entries.includes("recovered"));
    expect(journal.entries.filter((entry) => entry === "second 2")).toHaveLength(1);
    const kinds = watched.map(({ kind }) => kind).filter((kind) => kind !== "message");
    expect(kinds).toEqual(["connecting", "open", "closed", "connecting", "open"]);
  });

  it("is there at once where somebody does not want to wait for the next attempt", async () => {
    const { socket, guests, journal } = await library();
    await socket.open();
    await journal.until((entries) => entries.length === 1);
    guests.entries[0]?.disconnect();
    socket.watchSocket(({ kind }) => journal.add(kind));
    await journal.until((entries) => entries.includes("closed"));
    await socket.reconnect();
    await journal.until((entries) => entries.includes("open"));
    expect(journal.entries.filter((entry) => entry === "connecting")).toHaveLength(1);
  });

  it("goes on with a token that was renewed, and begins anew for somebody else", async () => {
    const { socket, client, guests, journal } = await library();
    const renewed = new Journal<string>();
    const signIn = (person: string, serial: number) =>
      client.supabase.auth.setSession({ access_token: tokenOf(person, serial), refresh_token: "r" });
    expect((await signIn("ada", 1)).error).toBeNull();
    await socket.open();
    await journal.until((entries) => entries.length === 1);
    guests.entries[0]?.on("token", (token: string, answer: (given: object) => void) => {
      renewed.add(token);
      answer({ status: "ok" });
    });
    await signIn("ada", 2);
    await renewed.until((entries) => entries.length === 1);
    await signIn("bob", 3);
    await guests.until((entries) => entries.length === 2);
    expect(renewed.entries).toEqual([tokenOf("ada", 2)]);
    expect(tokens(guests)).toEqual([tokenOf("ada", 1), tokenOf("bob", 3)]);
  });

  it("attempts nothing more after it was closed", async () => {
    const { socket, server, journal } = await library();
    const watched: SocketEvent[] = [];
    socket.watchSocket((event) => watched.push(event));
    await socket.open();
    await journal.until((entries) => entries.includes("connected"));
    socket.close();
    expect(watched.at(-1)).toEqual({ kind: "closed", code: 1006, wanted: true });
    await expect(socket.ask("join", "library:1")).rejects.toThrow("no connection");
    expect(server.engine.clientsCount).toBeLessThanOrEqual(1);
  });
});
