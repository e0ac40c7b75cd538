/**
 * What `/admin/v1/webhooks` answers, as `/webhooks/v1` does, as its OpenAPI text describes it.
 */
export type EndpointState = "enabled" | "paused" | "disabled";

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly event_types: readonly string[];
  readonly preset: string;
  readonly state: EndpointState;
  readonly state_reason: string | null;
  readonly health: {
    readonly failures: number;
    readonly failing_since: string | null;
    readonly open_until: string | null;
  };
  readonly due: number;
  readonly dead: number;
}

export type AttemptStatus = "delivered" | "retrying" | "failed";

export interface Attempt {
  readonly id: string;
  readonly attempted_at: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly error_detail: string | null;
  readonly duration_ms: number;
  readonly request_headers: Readonly<Record<string, string>>;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_body: string | null;
}

export interface Measure {
  readonly name: "success_rate" | "average_response_ms" | "average_latency_ms";
  readonly value: number | null;
  readonly limit: number;
  readonly holds: boolean;
}

export interface Statistics {
  readonly total_sent: number;
  readonly successful_sent: number;
  readonly success_rate: number | null;
  readonly due: number;
  readonly dead: number;
  readonly measures: readonly Measure[];
}

export interface CallResult {
  readonly success: boolean;
  readonly response_time_ms: number | null;
  readonly http_status: number | null;
  readonly error: string | null;
}

export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly body: unknown;
}

export interface Replayed {
  readonly events: number;
  readonly dry_run: boolean;
}
