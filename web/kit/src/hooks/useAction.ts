/**
 * Something that a page asks the server to do, as a mutation: `mutate`, `isPending`, and the refusal as RequestFailed.
 */
import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import type { ProjectClient, RequestFailed } from "../client";
import { useProject } from "./project";

export interface ActionOptions<Given, Result> {
  readonly onSuccess?: (result: Result, given: Given) => void;
  readonly onError?: (refusal: RequestFailed, given: Given) => void;
}

export function useAction<Given, Result>(
  act: (client: ProjectClient, given: Given) => Promise<Result>,
  options: ActionOptions<Given, Result> = {},
): UseMutationResult<Result, RequestFailed, Given> {
  const { client } = useProject();
  return useMutation({
    mutationFn: (given: Given) => act(client, given),
    onSuccess: (result, given) => options.onSuccess?.(result, given),
    onError: (refusal: RequestFailed, given) => options.onError?.(refusal, given),
  });
}
