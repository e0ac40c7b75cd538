/**
 * A field for a new password: how good it is, as a word and a bar, while it is typed.
 */
import { PasswordInput, type PasswordInputProps, Progress } from "@mantine/core";
import { useId } from "react";
import { judgePassword, type Strength } from "./password";
import styles from "./PasswordField.module.css";

const COLORS: Record<Strength, string> = { empty: "gray", short: "red", weak: "red", fair: "orange", strong: "green" };

/** Shows and hides what was typed; reachable by keyboard. */
export const REVEAL = {
  visibilityToggleFocusable: true,
  visibilityToggleButtonProps: { "aria-label": "Show or hide the password" },
} as const;

interface Props extends PasswordInputProps {
  readonly typed: string;
  readonly least: number;
  /** Words that others know of whoever chooses. */
  readonly own?: readonly string[];
}

export function NewPasswordField({ typed, least, own = [], ...field }: Props) {
  const id = useId();
  const { strength, share, advice } = judgePassword(typed, least, own);
  return (
    <div>
      <PasswordInput
        autoComplete="new-password"
        required
        withAsterisk={false}
        aria-describedby={id}
        {...REVEAL}
        {...field}
      />
      <Progress className={styles.bar} value={share * 100} color={COLORS[strength]} size={4} aria-hidden="true" />
      <p id={id} className={styles.advice}>
        {advice}
      </p>
    </div>
  );
}
