/**
 * The zones of a library with their seats as they are for a range of time: choose one on the plan, or take any that fits.
 */
import { Button } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, FloorPlan, Loaded, Sheet, TraitChoice } from "@millstream/kit/ui";
import type { ReactNode } from "react";
import type { LibraryRow, SeatRow, ZoneRow } from "../../rows";
import { AlertButton } from "../alerts/AlertButton";
import { useHoldAny } from "../booking/useHoldSeat";
import { countFree, offeredBy, seatsOfPlan } from "../plan/seatsOfPlan";
import { usePlan } from "../plan/usePlan";
import { type SeatState, useSeatsAt } from "../plan/useSeatsAt";
import { ATTRIBUTES } from "./attributes";
import { SeatDetails } from "./SeatDetails";
import styles from "./SeatPlan.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly from: string;
  readonly until: string;
  /** The seat that is held for the visitor is named by the page itself. */
  readonly own: string | undefined;
}

export function SeatPlan(props: Props) {
  const { zones, seats, error, reload } = usePlan(props.library.id);
  const { states, error: noStates, reload: reloadStates } = useSeatsAt(props.library.id, props.from, props.until);
  const plan = zones && seats && { zones: zones.filter((zone) => seats.some((seat) => isOf(seat)(zone))), seats };
  return (
    <Loaded what="plan" value={plan} error={error} reload={reload} count={1} height={360}>
      {(known) => (
        <>
          {noStates && !states && (
            <ErrorState title="It is not known which seats are free" error={noStates} onRetry={reloadStates} />
          )}
          {known.seats.length > 0 ? <Zones {...props} {...known} states={states} /> : NO_SEATS}
        </>
      )}
    </Loaded>
  );
}

const NO_SEATS = <EmptyState title="No seat can be booked here yet">Come back soon.</EmptyState>;

interface ZonesProps extends Props {
  readonly zones: readonly ZoneRow[];
  readonly seats: readonly SeatRow[];
  readonly states: ReadonlyMap<string, SeatState> | undefined;
}

function Zones({ library, from, until, own, zones, seats, states }: ZonesProps) {
  const { params, change } = useSearchParams();
  const wanted = wishesIn(params.with);
  const chosen = seats.find(({ id }) => id === params.seat);
  const alert = <AlertButton library={library} from={from} until={until} attributes={wanted} />;
  return (
    <div className={styles.plan}>
      <TraitChoice
        traits={ATTRIBUTES}
        offered={offeredBy(seats)}
        wanted={wanted}
        onChange={(now) => change({ with: now.join(" ") })}
      />
      <FloorPlan
        label={library.name}
        zones={zones}
        seats={seatsOfPlan(library, seats, states, { own, wanted })}
        selected={chosen?.id ?? null}
        onSelect={({ id }) => change({ seat: id })}
      />
      <AnySeat library={library} from={from} until={until} wanted={wanted} free={countFree(seats, states, wanted)}>
        {alert}
      </AnySeat>
      <Sheet
        title={`Seat ${chosen?.label ?? ""}`}
        opened={chosen !== undefined && own !== chosen.id}
        onClose={() => change({ seat: undefined })}
      >
        {chosen && (
          <SeatDetails
            {...{ library, from, until }}
            zone={zones.find(isOf(chosen))}
            seat={chosen}
            state={states?.get(chosen.id)}
            instead={alert}
          />
        )}
      </Sheet>
    </div>
  );
}

interface AnySeatProps extends Omit<Props, "own"> {
  readonly wanted: readonly string[];
  readonly free: number | undefined;
  /** What can be done where none is free. */
  readonly children: ReactNode;
}

function AnySeat({ library, from, until, wanted, free, children }: AnySeatProps) {
  const { hold, isPending } = useHoldAny(library);
  const wish = { library_id: library.id, start_time: from, end_time: until, attributes: wanted };
  return (
    <div className={styles.any}>
      <p aria-live="polite">
        {free === undefined && "Asking which seats are free…"}
        {free !== undefined && sayFree(free, wanted.length > 0 ? "such " : "")}
      </p>
      {free === 0 ? (
        children
      ) : (
        <Button variant="light" disabled={free === undefined} loading={isPending} onClick={() => hold(wish)}>
          Any free seat
        </Button>
      )}
    </div>
  );
}

function wishesIn(text = ""): readonly string[] {
  return text.split(" ").filter(Boolean);
}

function isOf({ zone_id }: SeatRow): (zone: ZoneRow) => boolean {
  return ({ id }) => id === zone_id;
}

function sayFree(free: number, such: string): string {
  if (free === 0) return `No ${such}seat is free then.`;
  return free === 1 ? `1 ${such}seat is free then.` : `${free} ${such}seats are free then.`;
}
