/**
 * What forms have besides fields: the refusal above them, which is spoken at once, and the button that sends them.
 */
import { Alert, Button, type ButtonProps } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./FormParts.module.css";

export function FormProblem({ children }: { readonly children: ReactNode }) {
  return (
    <div role="alert" className={styles.problem}>
      {children !== null && (
        <Alert
          color="red"
          variant="light"
          radius="md"
          icon={<IconAlertCircle aria-hidden="true" />}
          role="presentation"
        >
          {children}
        </Alert>
      )}
    </div>
  );
}

interface SubmitProps extends ButtonProps {
  readonly isPending: boolean;
  readonly children: string;
}

/** Stays focusable while the form is sent, so that the place on the page is not lost. */
export function SubmitButton({ isPending, children, ...look }: SubmitProps) {
  return (
    <Button type="submit" data-loading={isPending || undefined} aria-busy={isPending} loading={isPending} {...look}>
      {children}
    </Button>
  );
}
