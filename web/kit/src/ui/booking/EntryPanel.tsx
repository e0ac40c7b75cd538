/**
 * How one gets in: the code that is shown at the door, as QR and as letters, and from when until when; below it what else
 * can be done to check in, as soon as that is possible.
 */
import type { ReactNode } from "react";
import { useNow } from "../../hooks";
import { sayAgo, sayTime } from "../../time";
import { QrCode } from "../LazyQrCode";
import { Panel } from "../Panel";
import styles from "./EntryPanel.module.css";
import type { EntryTime } from "./entryTime";

interface Props {
  readonly code: string;
  /** Null while it is not known. */
  readonly time: EntryTime | null;
  readonly zone: string;
  /** What to do with the code. */
  readonly hint: string;
  readonly children?: ReactNode;
}

export function EntryPanel({ code, time, zone, hint, children }: Props) {
  const now = useNow();
  return (
    <Panel title="Check in" {...(time && { lead: sayWhen(time, zone, now) })}>
      <div className={styles.entry}>
        <div className={styles.qr}>
          <QrCode value={code} size={200} label={`Entry code ${code}`} />
        </div>
        <span className={styles.code} aria-hidden="true">
          {code}
        </span>
        <p className={styles.hint}>{hint}</p>
        {(time === null || now >= time.opens) && children}
      </div>
    </Panel>
  );
}

/** Say from when one may check in, or until when. Pure. */
export function sayWhen({ opens, closes }: EntryTime, zone: string, now: number): string {
  const said = (at: number): string => sayTime(new Date(at), zone);
  if (now < opens) return `From ${said(opens)}, ${sayAgo(new Date(opens), now)}`;
  return `Until ${said(closes)}: after that it goes to somebody else`;
}
