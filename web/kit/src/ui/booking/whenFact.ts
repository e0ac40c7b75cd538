/**
 * When something booked is, as a fact: by the clock of the place, which is named, and by the reader's where it differs.
 */
import { sayOwnTime, sayRange, sayZone } from "../../time";
import type { Fact } from "../Facts";

export function whenFact(start: string, end: string, zone: string): Fact {
  const clocks = [sayZone(zone, start), sayOwnTime(start, zone)];
  return { name: "When", value: sayRange(start, end, zone), soft: clocks.filter(Boolean).join(" · ") };
}
