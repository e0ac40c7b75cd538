/**
 * Letting people in by a code, on a screen at an entrance: a scanner types it and presses Enter, a person types it by
 * hand. What came of it fills the panel for some seconds, with a sound; then the next may come.
 */
import { Button, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconQrcode } from "@tabler/icons-react";
import { clsx } from "clsx";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useProject } from "../../hooks";
import { cleanCode } from "./cleanCode";
import styles from "./ScanPanel.module.css";

export interface ScanOutcome {
  readonly isGood: boolean;
  readonly title: string;
  readonly message: string;
}

interface Props {
  /** The verb: on the panel, and on its button. */
  readonly label: string;
  readonly fieldLabel: string;
  /** What stands there while nobody is served. */
  readonly invitation: { readonly title: string; readonly message: string };
  /** Why nobody can be let in now, such as without a connection; null where somebody can. */
  readonly closed: string | null;
  /** Let in by a code; never rejects. */
  readonly onScan: (code: string) => Promise<ScanOutcome>;
}

const SHOWN_MS = 7_000;

export function ScanPanel({ label, fieldLabel, invitation, closed, onScan }: Props) {
  const [code, setCode] = useState("");
  const [isPending, setPending] = useState(false);
  const [outcome, setOutcome] = useOutcome();
  const field = useRef<HTMLInputElement>(null);
  useKeptFocus(field);
  const scan = async (): Promise<void> => {
    if (code === "" || isPending) return;
    setPending(true);
    setOutcome(await onScan(code));
    setCode("");
    setPending(false);
  };
  return (
    <section aria-label={label} className={clsx(styles.panel, outcome && (outcome.isGood ? styles.good : styles.bad))}>
      <div role="status" className={styles.outcome}>
        <Said {...(outcome ?? { ...invitation, isGood: null })} />
      </div>
      <form
        className={styles.entry}
        onSubmit={(event) => {
          event.preventDefault();
          void scan();
        }}
      >
        <TextInput
          ref={field}
          size="xl"
          aria-label={fieldLabel}
          placeholder="CODE"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          disabled={closed !== null}
          onChange={(event) => setCode(cleanCode(event.currentTarget.value))}
        />
        <Button type="submit" size="xl" disabled={code === "" || closed !== null} loading={isPending}>
          {label}
        </Button>
      </form>
      {closed !== null && <p className={styles.closed}>{closed}</p>}
    </section>
  );
}

function useOutcome() {
  const { chime } = useProject();
  const [outcome, setOutcome] = useState<ScanOutcome | null>(null);
  useEffect(() => {
    if (!outcome) return;
    chime.ring();
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome, chime]);
  return [outcome, setOutcome] as const;
}

function Said({ isGood, title, message }: Omit<ScanOutcome, "isGood"> & { readonly isGood: boolean | null }) {
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
function useKeptFocus(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    field.current?.focus();
    const take = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      if (key.length === 1 && !ctrlKey && !metaKey && !altKey) field.current?.focus();
    };
    addEventListener("keydown", take, true);
    return () => removeEventListener("keydown", take, true);
  }, [field]);
}
