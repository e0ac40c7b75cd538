/**
 * Calls an operation of the project: `POST /functions/v1/{name}`, as whoever is signed in.
 */
import { FunctionsFetchError, FunctionsHttpError } from "@supabase/supabase-js";
import { failure, RequestFailed } from "./failure";
import type { ProjectClient } from "./project";

/** Return the operation's result, or throw a RequestFailed with the code that the operation declared. */
export async function callOperation<Result>(client: ProjectClient, name: string, body: object): Promise<Result> {
  const answer = await client.supabase.functions.invoke<Result>(name, { body: body as Record<string, unknown> });
  if (answer.error === null) return answer.data as Result;
  throw await explain(answer.error);
}

async function explain(error: unknown): Promise<RequestFailed> {
  if (error instanceof FunctionsHttpError) {
    const response = error.context as Response;
    const body: unknown = await response.json().catch(() => null);
    return failure(response.status, body);
  }
  if (error instanceof FunctionsFetchError) return failure(0, error);
  return new RequestFailed(error instanceof Error ? error.message : String(error), "unknown", 500, error);
}
