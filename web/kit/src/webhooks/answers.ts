/**
 * What `/webhooks/v1` answers, as far as this portal shows it.
 */
export interface Endpoint {
  readonly id: string;
  readonly organisation_id: string | null;
  readonly url: string;
  readonly description: string;
  readonly event_types: readonly string[];
  readonly state: "enabled" | "paused" | "disabled";
  readonly state_reason: string | null;
  readonly health: { readonly failures: number; readonly failing_since: string | null };
  readonly due: number;
  readonly dead: number;
}

export interface Attempt {
  readonly id: string;
  readonly attempted_at: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly attempt: number;
  readonly status: "delivered" | "retrying" | "failed";
  readonly http_status: number | null;
  readonly error: string | null;
  readonly error_detail: string | null;
  readonly duration_ms: number;
  readonly request_headers: Readonly<Record<string, string>>;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_body: string | null;
}

export interface TestResult {
  readonly success: boolean;
  readonly response_time_ms: number | null;
  readonly error: string | null;
}

export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly body: unknown;
}

export interface NewEndpoint {
  readonly endpoint: Endpoint;
  readonly secrets: readonly { readonly secret: string }[];
}

/** What the console of one organisation shows: people may look after those of several. Pure. */
export function endpointsOf(
  organisation: string,
  endpoints: readonly Endpoint[] | undefined,
): readonly Endpoint[] | undefined {
  return endpoints?.filter(({ organisation_id }) => organisation_id === organisation);
}

/** What was sent to some endpoints; undefined while either is not known. Pure. */
export function attemptsAt(
  endpoints: readonly Endpoint[] | undefined,
  attempts: readonly Attempt[] | undefined,
): readonly Attempt[] | undefined {
  const ids = new Set(endpoints?.map(({ id }) => id));
  return endpoints && attempts?.filter(({ endpoint_id }) => ids.has(endpoint_id));
}

/** The one row of the live view `webhook_figures`. */
export interface WebhookFigures {
  readonly total_sent: number;
  readonly successful_sent: number;
  readonly success_rate: number | null;
  readonly average_response_ms: number | null;
  readonly average_latency_ms: number | null;
  readonly dead: number;
  readonly due: number;
}
