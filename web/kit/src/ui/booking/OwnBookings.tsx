/**
 * The bookings of whoever is signed in: those to come, with what is held among them, then those before; each a link to
 * its page.
 */
import type { ReactNode } from "react";
import { useNow } from "../../hooks";
import { sayOwnTime, sayRange } from "../../time";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { BookingBadge } from "./BookingBadge";
import { type BookingItem, parted } from "./bookingItems";
import { LinkItem, LinkList } from "./LinkList";

interface Props {
  /** Undefined until they are known. */
  readonly bookings: readonly BookingItem[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  /** Where one goes from here, when there is nothing to come. */
  readonly children: ReactNode;
}

export function OwnBookings({ bookings, error, reload, children }: Props) {
  const now = useNow();
  return (
    <Loaded
      what="bookings"
      value={bookings && parted(bookings, now)}
      error={error}
      reload={reload}
      count={3}
      height={70}
    >
      {({ toCome, past }) => (
        <>
          <Panel title="To come">
            {toCome.length > 0 ? (
              <Bookings label="To come" bookings={toCome} />
            ) : (
              <EmptyState title="Nothing is booked">{children}</EmptyState>
            )}
          </Panel>
          {past.length > 0 && (
            <Panel title="Before">
              <Bookings label="Before" bookings={past} />
            </Panel>
          )}
        </>
      )}
    </Loaded>
  );
}

function Bookings({ label, bookings }: { readonly label: string; readonly bookings: readonly BookingItem[] }) {
  return (
    <LinkList label={label}>
      {bookings.map(({ id, link, title, detail, start, end, timezone, status }) => (
        <LinkItem
          key={id}
          link={link}
          title={title}
          detail={`${sayRange(start, end, timezone)} · ${detail}`}
          hint={sayOwnTime(start, timezone)}
          state={<BookingBadge status={status} />}
        />
      ))}
    </LinkList>
  );
}
