/**
 * The round picture of somebody, or the square one of an organisation: the initials of the name. The name stands beside
 * it or labels what it is part of, so nothing of it is read out or counts as text.
 */
import { Avatar, type AvatarProps } from "@mantine/core";
import styles from "./PersonAvatar.module.css";

interface Props extends Pick<AvatarProps, "size" | "radius"> {
  readonly name: string;
}

export function PersonAvatar({ name, ...look }: Props) {
  return (
    <Avatar color="brand" aria-hidden="true" {...look}>
      <span className={styles.initials} data-initials={initialsOf(name)} />
    </Avatar>
  );
}

/** Return one or two capitals: of the first and the last word, of an address's name where there is no other. */
export function initialsOf(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words;
  return shown.map((word = "") => String.fromCodePoint(word.codePointAt(0) ?? 32).toUpperCase()).join("");
}
