/**
 * A search as it is typed, and as it is asked once typing pauses.
 */
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

const PAUSE_MS = 250;

export function useSearch() {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, PAUSE_MS);
  return { typed, setTyped, query: search === "" ? "" : `?search=${encodeURIComponent(search)}` };
}
