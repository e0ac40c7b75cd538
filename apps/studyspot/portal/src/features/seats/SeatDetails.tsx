/**
 * One seat: what it has, what it costs for the time that the plan shows, or why it cannot be had then. While it is held
 * for the visitor the same sheet has the form that books it.
 */
import { Button } from "@mantine/core";
import { useSession } from "@millstream/kit/hooks";
import { LoadingState, PriceLines, quoteTotal, type Tone, ToneBadge, TraitTags } from "@millstream/kit/ui";
import { sayOwnTime, sayRange } from "@millstream/kit/time";
import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LibraryRow, SeatRow, ZoneRow } from "../../rows";
import { useHoldSeat } from "../booking/useHoldSeat";
import { money, price } from "../money";
import type { SeatState } from "../plan/useSeatsAt";
import { ATTRIBUTES } from "./attributes";
import { sayWhyNot, STATE_WORDS } from "./sayState";
import styles from "./seats.module.css";
import { useQuote } from "./useQuote";

interface Props {
  readonly library: LibraryRow;
  readonly zone: ZoneRow | undefined;
  readonly seat: SeatRow;
  readonly state: SeatState | undefined;
  readonly from: string;
  readonly until: string;
  /** What else can be done where the seat is not to be had. */
  readonly instead: ReactNode;
}

export function SeatDetails({ library, zone, seat, state, from, until, instead }: Props) {
  const { timezone } = library;
  const whyNot = state && sayWhyNot(state, timezone, from);
  return (
    <>
      <div className={styles.facts}>
        <p>
          <ToneBadge tone={toneOf(state)}>{state ? STATE_WORDS[state.status] : "Asking…"}</ToneBadge>
        </p>
        <p title={sayOwnTime(from, timezone) ?? undefined}>{sayRange(from, until, timezone)}</p>
        {zone && <p className={styles.soft}>{sayZonePlace(zone)}</p>}
      </div>
      <TraitTags traits={ATTRIBUTES} names={seat.attributes} label="This seat has" />
      {state?.status === "free" && <Offer library={library} seat={seat} state={state} from={from} until={until} />}
      {whyNot && (
        <>
          <p className={styles.why}>
            <IconInfoCircle size={20} aria-hidden="true" />
            {whyNot}
          </p>
          {instead}
        </>
      )}
    </>
  );
}

function sayZonePlace({ name, floor, quiet }: ZoneRow): string {
  return [name, floor, quiet && "quiet zone"].filter(Boolean).join(" · ");
}

function toneOf(state: SeatState | undefined): Tone {
  if (state === undefined || state.status === "closed") return "quiet";
  if (state.status === "free") return "good";
  return state.status === "held" ? "warn" : "bad";
}

type OfferProps = Pick<Props, "library" | "seat" | "from" | "until"> & { readonly state: SeatState };

function Offer({ library, seat, state, from, until }: OfferProps) {
  const quote = useQuote(seat.id, from, until, state.amount);
  const { hold, isPending } = useHoldSeat(library);
  const { hasAccount } = useSession();
  return (
    <>
      {quote ? (
        <PriceLines quote={quote} total={quoteTotal(quote)} currency={library.currency} say={money} />
      ) : (
        <LoadingState label="Asking for the price" count={1} height={44} />
      )}
      <Button
        size="md"
        loading={isPending}
        onClick={() => hold({ seat_id: seat.id, start_time: from, end_time: until })}
      >
        Hold this seat{state.amount !== null && ` · ${price(state.amount, library.currency)}`}
      </Button>
      <p className={styles.promise}>
        It is yours for {library.hold_minutes} minutes then, and you decide.
        {!hasAccount && " You need no account."}
      </p>
    </>
  );
}
