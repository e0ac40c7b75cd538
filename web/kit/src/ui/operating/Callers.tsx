/**
 * Who is at the other end of a connection: the e-mail address, or the id where none is known, cut short and to be copied.
 */
import { ActionIcon, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import styles from "./operating.module.css";

export interface CallersOf {
  readonly callers: readonly string[];
  /** By caller. Who signed in without an address has none. */
  readonly emails: Readonly<Record<string, string>>;
}

const MOST = 3;
const SHORT = 8;

export function Callers({ callers, emails }: CallersOf) {
  if (callers.length === 0) return <span className={styles.soft}>nobody signed in</span>;
  const rest = callers.length - MOST;
  return (
    <span className={styles.callers} title={callers.map((id) => nameOf(id, emails)).join("\n")}>
      {callers
        .slice(0, MOST)
        .map((id) => (emails[id] === undefined ? <Id key={id} id={id} /> : <Address key={id} email={emails[id]} />))}
      {rest > 0 && <span className={styles.soft}>and {rest} more</span>}
    </span>
  );
}

/** Breaks before the @, where it has to be broken. */
function Address({ email }: { readonly email: string }) {
  const at = email.lastIndexOf("@");
  return (
    <span>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </span>
  );
}

function Id({ id }: { readonly id: string }) {
  return (
    <span className={styles.caller}>
      {id.length > SHORT ? `${id.slice(0, SHORT)}…` : id}
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={copied ? `Copied ${id}` : `Copy ${id}`}
            onClick={copy}
          >
            {copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

/** Say who the callers are, in full, for searches and files. Pure. */
export function sayCallers({ callers, emails }: CallersOf): string {
  return callers.map((id) => emails[id] ?? id).join(", ");
}

function nameOf(id: string, emails: CallersOf["emails"]): string {
  return emails[id] === undefined ? id : `${emails[id]} · ${id}`;
}
