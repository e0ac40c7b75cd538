/**
 * Make.com by the names that its users know, for staff: calls of `/webhooks/v1/make`, by the token of who is signed in.
 *
 * The server sends and signs; no secret and no address of a scenario is ever in a page.
 */
import { type ProjectClient, projectRequest } from "../client";

export interface MakeResult {
  readonly success: boolean;
  readonly error: string | null;
}

export interface MakeRetryResult extends MakeResult {
  readonly attempts: number;
}

export interface MakeTestResult extends MakeResult {
  /** Milliseconds. */
  readonly responseTime: number | null;
}

export interface MakeConfigCheck {
  readonly isValid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

export interface WebhookStats {
  readonly totalSent: number;
  readonly successfulSent: number;
  readonly averageResponseTime: number | null;
}

export interface MakeEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface MakeOptions {
  /** For how long to wait for what comes of it, 60 at most; the send goes on all the same. */
  readonly waitSeconds?: number;
}

/** Send an event and wait for its first attempt; it is tried again all the same when that fails. */
export function sendToMakeWebhook(client: ProjectClient, event: MakeEvent, options?: MakeOptions): Promise<MakeResult> {
  return ask(client, "POST", "send", sendOf(event, options));
}

/** Send an event and wait until it was delivered or given up, by the endpoint's schedule. */
export function sendToMakeWebhookWithRetry(
  client: ProjectClient,
  event: MakeEvent,
  options?: MakeOptions,
): Promise<MakeRetryResult> {
  return ask(client, "POST", "send-with-retry", sendOf(event, options));
}

/** Send an example and wait for the answer. */
export async function testMakeWebhook(client: ProjectClient): Promise<MakeTestResult> {
  const { response_time, ...result } = await ask<MakeResult & { readonly response_time: number | null }>(
    client,
    "POST",
    "test",
  );
  return { ...result, responseTime: response_time };
}

/** Say what is wrong with the settings, without a secret; whoever does not run the project is refused. */
export async function validateMakeWebhookConfig(client: ProjectClient): Promise<MakeConfigCheck> {
  const { is_valid, ...found } = await ask<Omit<MakeConfigCheck, "isValid"> & { readonly is_valid: boolean }>(
    client,
    "GET",
    "config",
  );
  return { ...found, isValid: is_valid };
}

interface StatsAnswer {
  readonly total_sent: number;
  readonly successful_sent: number;
  readonly average_response_time: number | null;
}

/** Return the figures of all endpoints that the caller manages. */
export async function getWebhookStats(client: ProjectClient): Promise<WebhookStats> {
  const found = await ask<StatsAnswer>(client, "GET", "stats");
  return {
    totalSent: found.total_sent,
    successfulSent: found.successful_sent,
    averageResponseTime: found.average_response_time,
  };
}

function ask<Answer>(client: ProjectClient, method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  return projectRequest<Answer>(client, method, `webhooks/v1/make/${path}`, body);
}

function sendOf(event: MakeEvent, { waitSeconds }: MakeOptions = {}): object {
  return { ...event, ...(waitSeconds !== undefined && { wait_seconds: waitSeconds }) };
}
