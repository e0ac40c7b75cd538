/**
 * A value that holds for a moment and is none again: which fields have just changed, what was just said.
 */
import { useEffect, useState, useSyncExternalStore } from "react";
import { Store } from "../../live";

/** Return the value and what sets it, also from an effect; `none` is the same at each rendering. */
export function useBriefly<Value>(none: Value, milliseconds: number): readonly [Value, (value: Value) => void] {
  const [store] = useState(() => new Store({ value: none, isNone: true }));
  const held = useSyncExternalStore(store.subscribe, store.get);
  useEffect(() => {
    if (held.isNone) return;
    const timer = setTimeout(() => store.set({ value: none, isNone: true }), milliseconds);
    return () => clearTimeout(timer);
  }, [held, milliseconds, none, store]);
  return [held.value, (value) => store.set({ value, isNone: false })];
}
