/**
 * What can be done with a booking, each behind a question. The question that is open stands in the address, so that a
 * link, as one in a mail, leads to it: `?cancel`.
 */
import { Button, Group } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useSearchParams } from "../../hooks";
import styles from "./AskedActions.module.css";

export interface Asked {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export interface AskedAction {
  /** Its name in the address. */
  readonly name: string;
  readonly label: string;
  /** It takes something away. */
  readonly isBad?: boolean;
  readonly dialog: (asked: Asked) => ReactNode;
}

interface Props {
  readonly actions: readonly AskedAction[];
  /** What can be done at once. */
  readonly children?: ReactNode;
}

export function AskedActions({ actions, children }: Props) {
  const { params, change } = useSearchParams();
  return (
    <Group className={styles.actions}>
      {children}
      {actions.map(({ name, label, isBad = false, dialog }) => (
        <Fragment key={name}>
          <Button variant="default" {...(isBad && { c: "var(--kit-bad)" })} onClick={() => change({ [name]: "true" })}>
            {label}
          </Button>
          {dialog({ opened: name in params, onClose: () => change({ [name]: undefined }) })}
        </Fragment>
      ))}
    </Group>
  );
}
