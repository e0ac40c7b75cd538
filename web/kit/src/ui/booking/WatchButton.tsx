/**
 * "Tell me when": asks to be told of something that is not to be had now; asked once more it is taken back.
 */
import { Button } from "@mantine/core";
import { IconBell, IconBellOff } from "@tabler/icons-react";

interface Props {
  /** Of what, such as `Tell me when a seat is free`. */
  readonly label: string;
  readonly isWatched: boolean;
  readonly isPending: boolean;
  readonly onWatch: () => void;
  readonly onStop: () => void;
}

export function WatchButton({ label, isWatched, isPending, onWatch, onStop }: Props) {
  const Sign = isWatched ? IconBellOff : IconBell;
  return (
    <Button
      variant={isWatched ? "light" : "default"}
      loading={isPending}
      leftSection={<Sign size={18} aria-hidden="true" />}
      onClick={isWatched ? onStop : onWatch}
    >
      {isWatched ? "You will be told · stop" : label}
    </Button>
  );
}
