/**
 * The reviews of a place, or that of one visit: rows of the kit's table `reviews`, the newest first, kept equal to the
 * database.
 */
import { useTableRows } from "./useTableRows";

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

const MOST = 30;

/** The newest so many. */
export function useReviews({ column, id, author }: ReviewsOf, most = MOST): UseReviews {
  const { rows, error, reload } = useTableRows<ReviewRow>({
    table: "reviews",
    of: { column, id },
    select: `id, ${column}, ${author}, rating, text, answer, created_at`,
    newest: most,
  });
  return { reviews: rows?.map((row) => ({ ...row, author: String(row[author]) })), error, reload };
}
