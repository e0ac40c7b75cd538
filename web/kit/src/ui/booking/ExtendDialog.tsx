/**
 * Lets a booking last longer: until when that is possible, and what it costs more; by the operation `change_booking`.
 */
import { Group, Radio } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useOperation } from "../../hooks";
import { sayTime } from "../../time";
import { DecisionDialog } from "../DecisionDialog";
import { Loaded } from "../Loaded";
import type { Refusals } from "../refusals";
import { EmptyState } from "../states";

interface Extended {
  readonly id: string;
  readonly version: number;
  readonly timezone: string;
  readonly end: string;
}

interface Props {
  readonly booking: Extended;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The ends that are possible; undefined until they are known. */
  readonly ends: readonly string[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  /** Why there are none. */
  readonly none: string;
  /** How `change_booking` is told the new end. */
  readonly changeOf: (end: string) => object;
  readonly refusals: Refusals;
  /** What an end costs more. */
  readonly children: (end: string) => ReactNode;
}

export function ExtendDialog({ booking, opened, onClose, none, changeOf, refusals, children, ...found }: Props) {
  const { id, version, timezone: zone, end: now } = booking;
  const [chosen, setChosen] = useState<string | null>(null);
  const change = useOperation<object, unknown>("change_booking", {
    onSuccess: () => {
      setChosen(null);
      onClose();
    },
    onError: (refused) => {
      refusals.tellRefusal("extend", zone)(refused);
      found.reload();
    },
  });
  // What was chosen may be taken meanwhile.
  const end = chosen !== null && found.ends?.includes(chosen) ? chosen : null;
  const send = (): void => {
    if (end !== null) change.mutate({ booking_id: id, version, ...changeOf(end) });
  };
  return (
    <DecisionDialog
      opened={opened}
      title="Stay longer"
      keep="Leave it as it is"
      action={end === null ? "Stay longer" : `Stay until ${sayTime(end, zone)}`}
      isReady={end !== null}
      isPending={change.isPending}
      onDecide={send}
      onClose={onClose}
    >
      <p>Now until {sayTime(now, zone)}.</p>
      <Loaded
        what="free times"
        value={found.ends}
        error={found.error}
        reload={found.reload}
        count={1}
        height={90}
        empty={<EmptyState title="Not here">{none}</EmptyState>}
      >
        {(ends) => (
          <Radio.Group label="Until" value={end} onChange={setChosen}>
            <Group mt={8} gap="md">
              {ends.map((one) => (
                <Radio key={one} value={one} label={sayTime(one, zone)} />
              ))}
            </Group>
          </Radio.Group>
        )}
      </Loaded>
      {end !== null && children(end)}
    </DecisionDialog>
  );
}
