/**
 * What somebody is called on a page, and the two letters of a round picture. Pure.
 */
import type { User } from "../client";

export function nameOf(user: User): string {
  const fullName: unknown = user.user_metadata.full_name;
  if (typeof fullName === "string" && fullName.trim() !== "") return fullName;
  return user.email === undefined || user.email === "" ? "Guest" : user.email;
}

/** Return one or two capitals: of the first and the last word, of an address's name where there is no other. */
export function initialsOf(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words;
  return shown.map((word = "") => String.fromCodePoint(word.codePointAt(0) ?? 32).toUpperCase()).join("");
}
