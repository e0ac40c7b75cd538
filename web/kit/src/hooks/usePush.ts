/**
 * Whether whoever is signed in is told on this device while no page is open, and the switch for it.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type PushState, readPush, turnPushOff, turnPushOn } from "../client";
import { useProject } from "./project";
import { useSession } from "./useSession";

export interface UsePush {
  /** Undefined until it is known, for guests, and where the portal has no service worker. */
  readonly state: PushState | undefined;
  readonly isChanging: boolean;
  readonly error: Error | null;
  /** To be called by what a person does: the browser may ask for a permission. */
  readonly turn: (on: boolean) => void;
}

export function usePush(): UsePush {
  const { client } = useProject();
  const { user, hasAccount } = useSession();
  const queryClient = useQueryClient();
  const queryKey = ["push", user?.id ?? "nobody"];
  const known = useQuery({ queryKey, queryFn: () => readPush(client), enabled: hasAccount, staleTime: 0 });
  const turning = useMutation({
    mutationFn: (on: boolean) => (on ? turnPushOn(client) : turnPushOff(client)),
    onSuccess: (state) => queryClient.setQueryData(queryKey, state),
    onError: () => queryClient.invalidateQueries({ queryKey }),
  });
  return {
    state: known.data,
    isChanging: turning.isPending,
    error: turning.error ?? known.error,
    turn: turning.mutate,
  };
}
