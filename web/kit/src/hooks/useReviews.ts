/**
 * The reviews of a place, or that of one visit: rows of the kit's table `reviews`, the newest first, kept equal to the
 * database.
 */
import { unwrap } from "../client";
import { useProject } from "./project";
import { useLiveRows } from "./useLiveRows";

export interface ReviewsOf {
  /** The column that names the place or the visit, and its value. */
  readonly column: string;
  readonly id: string;
  /** The column with the short name of who wrote it. */
  readonly author: string;
}

export interface Review {
  readonly id: string;
  readonly author: string;
  readonly rating: number;
  readonly text: string;
  readonly answer: string | null;
  readonly created_at: string;
}

export interface UseReviews {
  readonly reviews: readonly Review[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

type ReviewRow = Omit<Review, "author"> & Readonly<Record<string, unknown>>;

const SHOWN = 30;

export function useReviews({ column, id, author }: ReviewsOf): UseReviews {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<ReviewRow>({
    topic: `reviews:${id}`,
    bindings: [{ event: "*", schema: "public", table: "reviews", filter: `${column}=eq.${id}` }],
    queryKey: ["reviews", id],
    keyOf: (row) => String(row.id),
    fetch: async (signal) => {
      const columns = `id, ${column}, ${author}, rating, text, answer, created_at`;
      const newest = client.supabase.from("reviews").select(columns).eq(column, id);
      const found = newest.order("created_at", { ascending: false }).limit(SHOWN).abortSignal(signal);
      return unwrap(await found.overrideTypes<ReviewRow[], { merge: false }>());
    },
  });
  const reviews = rows?.map((row) => ({ ...row, author: String(row[author]) }));
  return { reviews: reviews?.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)), error, reload };
}
