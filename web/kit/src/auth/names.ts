/**
 * What somebody is called on a page. Pure.
 */
import type { User } from "../client";

export function nameOf(user: User): string {
  const fullName: unknown = user.user_metadata.full_name;
  if (typeof fullName === "string" && fullName.trim() !== "") return fullName;
  return user.email === undefined || user.email === "" ? "Guest" : user.email;
}
