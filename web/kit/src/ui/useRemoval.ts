/**
 * Takes rows of a table away, one at a time; where that is refused, a toast says why.
 */
import { deleteRows, type RequestFailed } from "../client";
import { useAction } from "../hooks";
import { showToast } from "./toasts";

export interface UseRemoval {
  readonly remove: (id: string) => void;
  readonly isRemoving: (id: string) => boolean;
}

export function useRemoval(table: string, say: (refusal: RequestFailed) => string = plainly): UseRemoval {
  const removal = useAction((client, id: string) => deleteRows(client, table, [id]), {
    onError: (refusal) =>
      showToast({ id: `remove:${table}`, kind: "problem", title: "That did not work", message: say(refusal) }),
  });
  return { remove: removal.mutate, isRemoving: (id) => removal.isPending && removal.variables === id };
}

function plainly({ message }: RequestFailed): string {
  return message;
}
