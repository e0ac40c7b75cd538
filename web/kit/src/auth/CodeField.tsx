/**
 * A field for the digits of a mail or an authenticator. One field, not six: it can be pasted into, corrected and read out,
 * and the browser offers the code itself.
 */
import { TextInput, type TextInputProps } from "@mantine/core";
import styles from "./CodeField.module.css";

export const CODE_LENGTH = 6;

/** Leave of what was typed or pasted the digits. */
export function digitsOf(typed: string): string {
  return typed.replaceAll(/\D/g, "").slice(0, CODE_LENGTH);
}

export function checkCode(code: string): string | null {
  return code.length === CODE_LENGTH ? null : `The code has ${CODE_LENGTH} digits.`;
}

interface Props extends Omit<TextInputProps, "onChange"> {
  readonly onChange: (code: string) => void;
}

export function CodeField({ onChange, ...field }: Props) {
  return (
    <TextInput
      autoComplete="one-time-code"
      inputMode="numeric"
      spellCheck={false}
      classNames={{ input: styles.code }}
      size="lg"
      {...field}
      onChange={(event) => onChange(digitsOf(event.currentTarget.value))}
    />
  );
}
