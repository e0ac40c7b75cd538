/**
 * Whose clock times are shown by: the reader's or the place's, where the two differ.
 */
import { SegmentedControl } from "@mantine/core";
import { sayZone, visitorZone } from "../../time";
import styles from "./SlotPicker.module.css";

interface Props {
  readonly zone: string;
  readonly placeZone: string;
  /** A day for which the difference of the clocks is said. */
  readonly day: string;
  readonly onZone: (zone: string) => void;
}

export function ZoneChoice({ zone, placeZone, day, onZone }: Props) {
  const own = visitorZone();
  const noon = `${day}T12:00:00Z`;
  if (own === placeZone) return <p className={styles.zone}>All times are {sayZone(placeZone, noon)}</p>;
  return (
    <SegmentedControl
      className={styles.zones}
      size="xs"
      aria-label="Whose time"
      value={zone}
      onChange={onZone}
      data={[
        { value: own, label: `My time: ${sayZone(own, noon)}` },
        { value: placeZone, label: `There: ${sayZone(placeZone, noon)}` },
      ]}
    />
  );
}
