/**
 * What somebody is called on a page. Pure.
 */
import type { User } from "../client";

export function nameOf(user: User): string {
  const given: readonly unknown[] = [user.user_metadata.full_name, user.user_metadata.name];
  const name = given.find((one): one is string => typeof one === "string" && one.trim() !== "");
  if (name !== undefined) return name;
  return user.email === undefined || user.email === "" ? "Guest" : user.email;
}
