/**
 * Mutes and unmutes the sound of new events; the browser remembers it.
 */
import { ActionIcon } from "@mantine/core";
import { IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useProject } from "../hooks";

export function SoundSwitch() {
  const { chime } = useProject();
  const muted = useSyncExternalStore(chime.muted.subscribe, chime.muted.get);
  const label = muted ? "Turn sounds on" : "Turn sounds off";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => {
        chime.mute(!muted);
        // What it will sound like.
        if (muted) chime.ring();
      }}
    >
      {muted ? <IconVolumeOff size={20} /> : <IconVolume size={20} />}
    </ActionIcon>
  );
}
