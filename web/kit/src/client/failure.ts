/**
 * One error for everything that a request can end in, whichever part of supabase-js reported it.
 *
 * `code` is the server's machine-readable code and what callers decide by; `message` is a sentence for people.
 */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  /** The server's code, `network` when it was not reached, `unknown` when it said none. */
  readonly code: string;
  /** The HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly details: unknown;

  constructor(message: string, code: string, status: number, details: unknown = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

interface Result<Data> {
  readonly data: Data | null;
  readonly error: { readonly message: string; readonly code?: string; readonly details?: unknown } | null;
  readonly status?: number;
}

/** Return the data of an answer of the data API, or throw what went wrong. */
export function unwrap<Data>({ data, error, status = 0 }: Result<Data>): Data {
  if (error) throw failure(status, error);
  if (data === null) throw new RequestFailed("The server sent no data.", "unknown", status);
  return data;
}

/** Turn an error body, `{code, message, details}` in any of its historic forms, into our error. */
export function failure(status: number, body: unknown): RequestFailed {
  if (status === 0) return new RequestFailed("The server could not be reached.", "network", 0, body);
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const code = [said.code, said.error_code].find((value) => typeof value === "string" && value !== "");
  const message = [said.message, said.msg].find((value) => typeof value === "string" && value !== "");
  return new RequestFailed(
    (message as string | undefined) ?? `The server answered ${status}.`,
    (code as string | undefined) ?? "unknown",
    status,
    said.details ?? null,
  );
}

/** Return the facts of a refusal for programs, its `details`, as an operation or the data API tells them. Pure. */
export function factsOf(details: unknown): Readonly<Record<string, unknown>> {
  const told = typeof details === "string" ? parsed(details) : details;
  return typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
