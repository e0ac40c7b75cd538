/**
 * Checking in at the entrance: a scanner types the code of a booking and presses Enter, a student types it by hand. What
 * came of it fills the panel for some seconds; then the next may come.
 */
import { Button, TextInput } from "@mantine/core";
import { useProject } from "@millstream/kit/hooks";
import { IconAlertTriangle, IconCircleCheck, IconQrcode } from "@tabler/icons-react";
import { clsx } from "clsx";
import { useEffect, useRef, useState } from "react";
import { refusal } from "../booking/refusals";
import styles from "./kiosk.module.css";
import { cleanCode, sayCheckIn, useCheckIn } from "./useCheckIn";

const SHOWN_MS = 7_000;

interface Outcome {
  readonly isGood: boolean;
  readonly title: string;
  readonly message: string;
}

interface Props {
  readonly zone: string;
  readonly isConnected: boolean;
}

export function KioskCheckIn({ zone, isConnected }: Props) {
  const { chime } = useProject();
  const [code, setCode] = useState("");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const show = (shown: Outcome): void => {
    setOutcome(shown);
    setCode("");
    chime.ring();
  };
  const checkIn = useCheckIn("entrance", {
    onSuccess: (booking) => show({ isGood: true, ...sayCheckIn(booking) }),
    onError: (failed) => show({ isGood: false, ...refusal(failed, zone) }),
  });
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  useKeptFocus(field);
  return (
    <section
      aria-label="Check in"
      className={clsx(styles.checkIn, outcome && (outcome.isGood ? styles.good : styles.bad))}
    >
      <div role="status" className={styles.outcome}>
        {outcome ? <Said {...outcome} /> : <Said isGood={null} title="Check in here" message={INVITATION} />}
      </div>
      <form
        className={styles.entry}
        onSubmit={(event) => {
          event.preventDefault();
          if (code !== "" && !checkIn.isPending) checkIn.mutate(code);
        }}
      >
        <TextInput
          ref={field}
          size="xl"
          aria-label="Code of your booking"
          placeholder="CODE"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          disabled={!isConnected}
          onChange={(event) => setCode(cleanCode(event.currentTarget.value))}
        />
        <Button type="submit" size="xl" disabled={code === "" || !isConnected} loading={checkIn.isPending}>
          Check in
        </Button>
      </form>
      {!isConnected && <p className={styles.lost}>No connection: check in at the desk, please.</p>}
    </section>
  );
}

const INVITATION = "Hold the QR code of your booking to the scanner, or type its code.";

function Said({ isGood, title, message }: Omit<Outcome, "isGood"> & { readonly isGood: boolean | null }) {
  const Sign = isGood === null ? IconQrcode : isGood ? IconCircleCheck : IconAlertTriangle;
  return (
    <>
      <Sign size={84} stroke={1.5} aria-hidden="true" />
      <h2>{title}</h2>
      <p>{message}</p>
    </>
  );
}

/** Scanners type into whatever has the focus: wherever a key is pressed, it goes into the field. */
function useKeptFocus(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    field.current?.focus();
    const take = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      if (key.length === 1 && !ctrlKey && !metaKey && !altKey) field.current?.focus();
    };
    addEventListener("keydown", take, true);
    return () => removeEventListener("keydown", take, true);
  }, [field]);
}
