/**
 * What those say who were at a library, the newest first; kept equal to the database.
 */
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import { REVIEW_COLUMNS, type ReviewRow } from "../../rows";

export interface UseReviews {
  readonly reviews: readonly ReviewRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

const SHOWN = 30;

/** Those of a library, or that of one booking. */
export function useReviews(of: "library_id" | "booking_id", id: string): UseReviews {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<ReviewRow>({
    topic: `reviews:${id}`,
    bindings: [{ event: "*", schema: "public", table: "reviews", filter: `${of}=eq.${id}` }],
    queryKey: ["reviews", id],
    keyOf: (review) => String(review.id),
    fetch: async (signal) => {
      const newest = client.supabase.from("reviews").select(REVIEW_COLUMNS).eq(of, id);
      const found = newest.order("created_at", { ascending: false }).limit(SHOWN).abortSignal(signal);
      return unwrap(await found.overrideTypes<ReviewRow[], { merge: false }>());
    },
  });
  return { reviews: rows?.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)), error, reload };
}
