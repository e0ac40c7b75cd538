/**
 * The field for one's own address, which browsers fill in.
 */
import { TextInput, type TextInputProps } from "@mantine/core";

/** Catch what is certainly no address; whether mail arrives there, only a mail tells. */
export function checkEmail(email: string): string | null {
  if (email.trim() === "") return "Type your email address.";
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : "An email address looks like name@example.org.";
}

export function EmailField(field: TextInputProps) {
  return (
    <TextInput
      label="Email address"
      type="email"
      name="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      size="md"
      {...field}
    />
  );
}
