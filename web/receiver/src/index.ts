/**
 * The receiver's side of webhooks: verify, refuse what is old, recognise what is known.
 *
 * Runs wherever Web Crypto does: Node, Deno, edge functions. Knows v1 (HMAC-SHA256, `whsec_`) and v1a (Ed25519,
 * `whpk_`), several keys at once for a rotation, and a tolerance in both directions.
 * Source: Standard Webhooks 1.0.0, "Verifying webhook authenticity".
 */

const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 32;
const SHARED_PREFIX = "whsec_";
const PUBLIC_PREFIX = "whpk_";

/** A request that was verified. `id` is the same however often the event is delivered. */
export interface ReceivedEvent {
  readonly id: string;
  readonly timestamp: Date;
  readonly type: string | undefined;
  readonly data: unknown;
}

export interface ReceiverOptions {
  /** How old a request may be, and how far ahead its clock: 300 s by default. */
  readonly toleranceSeconds?: number;
  /** The time in milliseconds; `Date.now` by default. */
  readonly now?: () => number;
}

/** Thrown for a request that was not signed by a known key, or not just now. */
export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}

type Headers = Readonly<Record<string, string | string[] | undefined>> | globalThis.Headers;

/** Verify a request with any of the keys and return its event; the body is what came, byte for byte. */
export async function openWebhook(
  headers: Headers,
  body: string | Uint8Array,
  keys: readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: ReceiverOptions = {},
): Promise<ReceivedEvent> {
  const id = header(headers, "webhook-id");
  const stamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature");
  const seconds = fresh(stamp, toleranceSeconds, now());
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const content = join(new TextEncoder().encode(`${id}.${stamp}.`), bytes);
  if (!(await isSigned(signatures, content, keys))) {
    throw new WebhookRefused("No signature of the request was made with a known key.");
  }
  return eventOf(id, seconds, parse(bytes));
}

/** The ids of the last events, so that one that comes again has no second effect. */
export class Seen {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most = 100_000) {
    this.#most = most;
  }

  /** Tell whether this id is new, and remember it; the oldest is forgotten when there are too many. */
  firstTime(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#most) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    return true;
  }
}

function eventOf(id: string, seconds: number, envelope: unknown): ReceivedEvent {
  const fields = isRecord(envelope) ? envelope : {};
  const type = typeof fields.type === "string" ? fields.type : undefined;
  const data = "data" in fields ? fields.data : envelope;
  return { id, timestamp: new Date(seconds * 1000), type, data };
}

function header(headers: Headers, name: string): string {
  const found =
    headers instanceof globalThis.Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof found !== "string" || found === "") throw new WebhookRefused(`The header ${name} is missing.`);
  return found;
}

function fresh(stamp: string, toleranceSeconds: number, now: number): number {
  if (!/^\d{1,12}$/.test(stamp)) throw new WebhookRefused("The time of the request is no number of seconds.");
  const seconds = Number(stamp);
  if (Math.abs(now / 1000 - seconds) > toleranceSeconds) {
    throw new WebhookRefused("The request is too old, or from the future.");
  }
  return seconds;
}

async function isSigned(
  signatures: string,
  content: Uint8Array<ArrayBuffer>,
  keys: readonly string[],
): Promise<boolean> {
  const given = signatures.split(" ").slice(0, MOST_SIGNATURES);
  const checks = keys.flatMap((key) => given.map((signature) => verifies(key, signature, content)));
  // All are awaited, so that the time does not tell which key it was.
  return (await Promise.all(checks)).includes(true);
}

async function verifies(key: string, signature: string, content: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const comma = signature.indexOf(",");
  const kind = signature.slice(0, comma);
  const bytes = decode(signature.slice(comma + 1));
  const isPublic = key.startsWith(PUBLIC_PREFIX);
  if (bytes === undefined || kind !== (isPublic ? "v1a" : "v1")) return false;
  const raw = decode(key.replace(isPublic ? PUBLIC_PREFIX : SHARED_PREFIX, ""));
  if (raw === undefined) throw new WebhookRefused("A key is written in base64 after its prefix.");
  const algorithm = isPublic ? { name: "Ed25519" } : { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", raw, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm.name, imported, bytes, content);
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new WebhookRefused("The body of the request is no JSON.");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
