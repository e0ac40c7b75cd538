/**
 * What a seat has, in a word with a sign.
 */
import {
  IconArmchair,
  IconDeviceDesktop,
  IconPlug,
  IconVolumeOff,
  IconWheelchair,
  IconWindow,
} from "@tabler/icons-react";
import styles from "./seats.module.css";

interface Shown {
  readonly label: string;
  readonly Sign: typeof IconPlug;
}

export const ATTRIBUTES: Readonly<Record<string, Shown>> = {
  socket: { label: "Power socket", Sign: IconPlug },
  window: { label: "Window", Sign: IconWindow },
  quiet: { label: "Quiet", Sign: IconVolumeOff },
  monitor: { label: "Monitor", Sign: IconDeviceDesktop },
  standing: { label: "Standing desk", Sign: IconArmchair },
  accessible: { label: "Wheelchair access", Sign: IconWheelchair },
};

export function Attributes({ attributes }: { readonly attributes: readonly string[] }) {
  if (attributes.length === 0) return null;
  return (
    <ul className={styles.attributes} aria-label="This seat has">
      {attributes.map((attribute) => {
        const { label, Sign } = ATTRIBUTES[attribute] ?? { label: attribute, Sign: IconArmchair };
        return (
          <li key={attribute}>
            <Sign size={16} aria-hidden="true" /> {label}
          </li>
        );
      })}
    </ul>
  );
}
