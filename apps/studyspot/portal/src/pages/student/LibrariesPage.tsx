/**
 * All libraries, live: how many seats are free now, at what price, open until when. New ones appear by themselves.
 */
import { useNews, useNow } from "@millstream/kit/hooks";
import { CardGrid, EmptyState, PageHeading, SearchedList } from "@millstream/kit/ui";
import { SEARCH } from "../../features/libraries/choice";
import { LibraryCard } from "../../features/libraries/LibraryCard";
import { useLibraries } from "../../features/libraries/useLibraries";
import { useOccupancy } from "../../features/libraries/useOccupancy";
import styles from "./page.module.css";

const NONE = <EmptyState title="No library is open to visitors yet">Come back soon.</EmptyState>;
const NONE_FITS = <EmptyState title="No library fits">Look for something else, or in all cities.</EmptyState>;

export function LibrariesPage() {
  const { libraries, error, reload } = useLibraries();
  const occupancy = useOccupancy();
  const isPriceNews = useNews("pricing:updated", "library_id");
  const now = useNow();
  return (
    <div className={styles.page}>
      <PageHeading lead="Seats and prices as they are in this moment.">Find a place to study</PageHeading>
      <SearchedList rows={libraries} search={SEARCH} none={NONE_FITS}>
        {(shown) => (
          <CardGrid
            what="libraries"
            label="Libraries"
            rows={shown}
            keyOf={({ id }) => id}
            error={error}
            onRetry={reload}
            count={6}
            height={250}
            empty={NONE}
          >
            {(library) => (
              <LibraryCard
                library={library}
                occupancy={occupancy.of(library.id)}
                isPriceNews={isPriceNews(library.id)}
                now={now}
              />
            )}
          </CardGrid>
        )}
      </SearchedList>
    </div>
  );
}
