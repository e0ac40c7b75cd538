/**
 * All libraries, live: how many seats are free now, at what price, open until when. New ones appear by themselves.
 */
import { useNow, useSearchParams } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading } from "@millstream/kit/ui";
import { chosen, citiesOf } from "../../features/libraries/choice";
import { LibraryCard } from "../../features/libraries/LibraryCard";
import { LibraryFilters } from "../../features/libraries/LibraryFilters";
import { useLibraries } from "../../features/libraries/useLibraries";
import { useOccupancy } from "../../features/libraries/useOccupancy";
import { usePriceNews } from "../../features/libraries/usePriceNews";
import type { LibraryRow } from "../../rows";
import styles from "./LibrariesPage.module.css";

export function LibrariesPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="Seats and prices as they are in this moment.">Find a place to study</PageHeading>
      <Libraries />
    </div>
  );
}

function Libraries() {
  const { libraries, error, reload } = useLibraries();
  const { params, change } = useSearchParams();
  if (libraries === undefined) {
    if (error) return <ErrorState title="The libraries could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading libraries" count={6} height={250} className={styles.grid} />;
  }
  if (libraries.length === 0)
    return <EmptyState title="No library is open to visitors yet">Come back soon.</EmptyState>;
  const shown = chosen(libraries, { words: params.search ?? "", city: params.city ?? "" });
  return (
    <>
      <LibraryFilters cities={citiesOf(libraries)} params={params} onChange={change} />
      {shown.length === 0 ? (
        <EmptyState title="No library fits">Look for something else, or in all cities.</EmptyState>
      ) : (
        <LibraryList libraries={shown} />
      )}
    </>
  );
}

function LibraryList({ libraries }: { readonly libraries: readonly LibraryRow[] }) {
  const occupancy = useOccupancy();
  const isPriceNews = usePriceNews();
  const now = useNow();
  return (
    <ul className={styles.grid} aria-label="Libraries">
      {libraries.map((library) => (
        <li key={library.id}>
          <LibraryCard
            library={library}
            occupancy={occupancy.of(library.id)}
            isPriceNews={isPriceNews(library.id)}
            now={now}
          />
        </li>
      ))}
    </ul>
  );
}
