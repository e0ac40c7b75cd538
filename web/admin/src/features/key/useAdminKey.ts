/**
 * The key of this tab, null while nobody is signed in.
 */
import { useSyncExternalStore } from "react";
import { currentKey, onKeyChange } from "./adminKey";

export function useAdminKey(): string | null {
  return useSyncExternalStore(onKeyChange, currentKey);
}
