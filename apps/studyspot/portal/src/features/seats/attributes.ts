/**
 * What a seat may have, each a word with a sign.
 */
import type { Traits } from "@millstream/kit/ui";
import {
  IconArmchair,
  IconDeviceDesktop,
  IconPlug,
  IconVolumeOff,
  IconWheelchair,
  IconWindow,
} from "@tabler/icons-react";

export const ATTRIBUTES: Traits = {
  socket: { label: "Power socket", Sign: IconPlug },
  window: { label: "Window", Sign: IconWindow },
  quiet: { label: "Quiet", Sign: IconVolumeOff },
  monitor: { label: "Monitor", Sign: IconDeviceDesktop },
  standing: { label: "Standing desk", Sign: IconArmchair },
  accessible: { label: "Wheelchair access", Sign: IconWheelchair },
};
