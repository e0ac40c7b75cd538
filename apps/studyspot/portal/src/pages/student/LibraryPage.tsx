/**
 * One library: its plan for the time that one looks for, live, and the step to holding a seat; prices, hours, reviews.
 */
import { useNews, useNow } from "@millstream/kit/hooks";
import {
  DayRangePicker,
  EmptyState,
  instantsOf,
  Loaded,
  OpeningHours,
  Panel,
  Reviews,
  useDayRange,
  type WeekSchedule,
} from "@millstream/kit/ui";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { HeldSeat } from "../../features/booking/HeldSeat";
import { heldAt } from "../../features/booking/ownBookings";
import { LibraryHead } from "../../features/libraries/LibraryHead";
import { Prices } from "../../features/libraries/Prices";
import { useLibrary } from "../../features/libraries/useLibraries";
import { useOccupancy } from "../../features/libraries/useOccupancy";
import { PassOffer } from "../../features/passes/PassOffer";
import { SeatPlan } from "../../features/seats/SeatPlan";
import { useLibraryRows } from "../../features/useLibraryRows";
import { useOwnRows } from "../../features/useOwnRows";
import type { LibraryRow } from "../../rows";
import { NothingHere } from "../NotFoundPage";
import styles from "./page.module.css";

export function LibraryPage() {
  const { slug } = useParams({ from: "/student/libraries/$slug" });
  const { library, error, reload } = useLibrary(slug);
  if (library === null) return <NothingHere />;
  return (
    <div className={styles.page}>
      <Loaded what="library" value={library} error={error} reload={reload} count={1} height={380}>
        {(known) => <LibraryView library={known} />}
      </Loaded>
    </div>
  );
}

function LibraryView({ library }: { readonly library: LibraryRow }) {
  const now = useNow();
  const occupancy = useOccupancy();
  const hours = useLibraryRows("opening_hours", library.id);
  const closedDays = useLibraryRows("closed_days", library.id);
  const schedule = hours.rows && closedDays.rows && { hours: hours.rows, closedDays: closedDays.rows };
  const reload = (): void => {
    hours.reload();
    closedDays.reload();
  };
  return (
    <div className={styles.parts}>
      <LibraryHead library={library} occupancy={occupancy.of(library.id)} now={now} />
      <div className={styles.columns}>
        <Panel title="Choose your seat">
          <Loaded
            what="opening hours"
            value={schedule}
            error={hours.error ?? closedDays.error}
            reload={reload}
            count={1}
            height={420}
          >
            {(known) => <Seats library={library} schedule={known} now={now} />}
          </Loaded>
        </Panel>
        <div className={styles.parts}>
          <Costs library={library} now={now} />
          {schedule && <OpeningHours zone={library.timezone} schedule={schedule} now={now} />}
        </div>
      </div>
      <Reviews of={{ column: "library_id", id: library.id, author: "student_name" }} />
    </div>
  );
}

interface SeatsProps {
  readonly library: LibraryRow;
  readonly schedule: WeekSchedule;
  readonly now: number;
}

function Seats({ library, schedule, now }: SeatsProps) {
  const navigate = useNavigate();
  const { range, choose } = useDayRange(library, schedule, now);
  const { rows } = useOwnRows("bookings");
  const held = heldAt(rows ?? [], library.id, now);
  const [closedSheet, setClosedSheet] = useState<string | null>(null);
  if (range === null) {
    return <EmptyState title="The library is closed">No day of the coming weeks can be booked.</EmptyState>;
  }
  const { from, until } = instantsOf(range, library.timezone);
  return (
    <div className={styles.parts}>
      <DayRangePicker rules={library} schedule={schedule} range={range} now={now} onChoose={choose} />
      <SeatPlan library={library} from={from} until={until} own={held?.seat_id} />
      {held && (
        <HeldSeat
          booking={held}
          opened={closedSheet !== held.id}
          onOpen={() => setClosedSheet(null)}
          onClose={() => setClosedSheet(held.id)}
          onConfirmed={({ id }) => void navigate({ to: "/bookings/$bookingId", params: { bookingId: id } })}
        />
      )}
    </div>
  );
}

function Costs({ library, now }: { readonly library: LibraryRow; readonly now: number }) {
  const { rows: zones } = useLibraryRows("zones", library.id);
  const { rows: prices } = useLibraryRows("prices", library.id);
  const isNews = useNews("pricing:updated", "library_id");
  if (zones === undefined || prices === undefined) return null;
  const monthPrice = prices.find(({ zone_id }) => zone_id === null)?.month_price ?? null;
  return (
    <>
      <Prices library={library} zones={zones} prices={prices} isNews={isNews(library.id)} />
      {monthPrice !== null && <PassOffer library={library} monthPrice={monthPrice} now={now} />}
    </>
  );
}
