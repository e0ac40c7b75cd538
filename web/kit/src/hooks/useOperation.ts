/**
 * A call of an operation as a mutation: `mutate`, `isPending`, and a RequestFailed with the operation's own code.
 *
 * With `optimistic` the change is shown at once and taken back if the operation is refused; use it only where being
 * wrong for a moment harms nobody.
 */
import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import { callOperation, ensureSession, type RequestFailed } from "../client";
import { useProject } from "./project";

export interface OperationOptions<Params, Result> {
  /** Sign a visitor in as a guest first, for what nobody can do namelessly. */
  readonly asGuest?: boolean;
  /** Show the expected result now; return how to undo that. */
  readonly optimistic?: (params: Params) => () => void;
  readonly onSuccess?: (result: Result, params: Params) => void;
  readonly onError?: (error: RequestFailed, params: Params) => void;
}

export function useOperation<Params extends object, Result>(
  name: string,
  options: OperationOptions<Params, Result> = {},
): UseMutationResult<Result, RequestFailed, Params, (() => void) | undefined> {
  const { client } = useProject();
  return useMutation({
    mutationKey: [name],
    mutationFn: async (params) => {
      if (options.asGuest) await ensureSession(client);
      return callOperation<Result>(client, name, params);
    },
    onMutate: (params) => options.optimistic?.(params),
    onSuccess: (result, params) => options.onSuccess?.(result, params),
    onError: (error, params, undo) => {
      undo?.();
      options.onError?.(error, params);
    },
  });
}
