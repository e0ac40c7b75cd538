/**
 * The server's present time, renewed at each full second of a deadline (or of the clock), only while a component shows it.
 */
import { useEffect, useState } from "react";
import { useProject } from "./project";

export function useNow(alignTo = 0): number {
  const { client } = useProject();
  const [now, setNow] = useState(() => client.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = (): void => {
      const present = client.now();
      setNow(present);
      const sinceFullSecond = (((present - alignTo) % 1000) + 1000) % 1000;
      timer = setTimeout(tick, 1000 - sinceFullSecond);
    };
    tick();
    return () => clearTimeout(timer);
  }, [alignTo, client]);
  return now;
}
