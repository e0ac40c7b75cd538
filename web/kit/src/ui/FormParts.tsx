/**
 * What forms have besides fields: their frame, with what was refused above the fields, which is spoken at once; fields
 * beside each other; the row of buttons at the end, and the button that sends them.
 */
import { Alert, Button, type ButtonProps, Group } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode, SubmitEvent } from "react";
import styles from "./FormParts.module.css";

interface FormProps {
  /** What was refused about the whole form. */
  readonly problem?: ReactNode;
  /** The page stays, whatever is done. */
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** False shows the fields to those who may only read them. */
  readonly mayChange?: boolean;
  readonly children: ReactNode;
}

/** The application says what is wrong with a field, not the browser. */
export function Form({ problem = null, onSubmit, mayChange = true, children }: FormProps) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event);
      }}
    >
      <fieldset className={styles.form} disabled={!mayChange}>
        <FormProblem>{problem}</FormProblem>
        {children}
      </fieldset>
    </form>
  );
}

/** Fields beside each other, as many as there is room for. */
export function FieldRow({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** What is done with the form; where there are several things, the last is what it is for. */
export function FormFoot({ children }: { readonly children: ReactNode }) {
  return <Group justify="flex-end">{children}</Group>;
}

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
