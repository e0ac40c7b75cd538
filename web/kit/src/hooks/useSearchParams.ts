/**
 * The parameters of the page's address, as texts, and changing some of them in place: what a link to this page, the back
 * button and a reload must bring back, such as a sort order, a filter, a tab, a day.
 */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type SearchParams = Readonly<Record<string, string>>;

export interface UseSearchParams {
  readonly params: SearchParams;
  /** Set some and leave the others; undefined and "" take one away. */
  readonly change: (some: Readonly<Record<string, string | undefined>>) => void;
}

export function useSearchParams(): UseSearchParams {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (some: Readonly<Record<string, string | undefined>>) => {
      const merge = (present: Readonly<Record<string, unknown>>): Record<string, unknown> =>
        Object.fromEntries(Object.entries({ ...present, ...some }).filter(([, value]) => isSaid(value)));
      void navigate({ to: ".", search: merge, replace: true, resetScroll: false });
    },
    [navigate],
  );
  return { params: toTexts(search), change };
}

/** Numbers and truths of an address are texts to whoever typed them; structures are nobody's. */
export function toTexts(search: Readonly<Record<string, unknown>>): SearchParams {
  const plain = Object.entries(search).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== "";
}
