/**
 * A month at one library for one price: what it costs, buying it, or until when one has it.
 */
import { Button } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { DecisionDialog, Panel, showToast } from "@millstream/kit/ui";
import { addDays, dayIn, sayDay } from "@millstream/kit/time";
import { useState } from "react";
import type { LibraryRow, PassRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { money } from "../money";
import { useOwnRows } from "../useOwnRows";

interface Props {
  readonly library: LibraryRow;
  readonly monthPrice: number;
  readonly now: number;
}

export function PassOffer({ library, monthPrice, now }: Props) {
  const [asking, setAsking] = useState(false);
  const { rows } = useOwnRows("passes");
  const today = dayIn(new Date(now), library.timezone);
  const own = passOn(today, library.id, rows ?? []);
  const firstDay = own === undefined ? today : addDays(own.last_day, 1);
  const buy = useOperation<{ library_id: string; first_day: string }, PassRow>("buy_pass", {
    asGuest: true,
    onSuccess: () => {
      setAsking(false);
      const message = "It covers what you book from now on.";
      showToast({ id: "pass", kind: "good", title: "The pass is yours", message });
    },
    onError: tellRefusal("pass", library.timezone),
  });
  const cost = money(monthPrice, library.currency);
  return (
    <Panel title="Monthly pass" lead={`${cost} for a month of seats here, every day`}>
      {own && <p>Yours until {sayDay(own.last_day, "UTC")}: what you book here costs nothing more.</p>}
      <Button variant="light" fullWidth loading={buy.isPending} onClick={() => setAsking(true)}>
        {own ? "Buy the month after" : `Buy a pass for ${cost}`}
      </Button>
      <DecisionDialog
        opened={asking}
        title={`Buy a pass for ${cost}?`}
        keep="Not now"
        action="Buy the pass"
        isPending={buy.isPending}
        onDecide={() => buy.mutate({ library_id: library.id, first_day: firstDay })}
        onClose={() => setAsking(false)}
      >
        <p>It begins on {sayDay(firstDay, "UTC")} and holds for a month. You pay at the library.</p>
      </DecisionDialog>
    </Panel>
  );
}

/** Return the pass that covers a day, or will be the last to. Pure. */
export function passOn(day: string, library: string, passes: readonly PassRow[]): PassRow | undefined {
  return passes
    .filter((pass) => pass.library_id === library && pass.status === "active" && pass.last_day >= day)
    .toSorted((a, b) => a.last_day.localeCompare(b.last_day))
    .at(-1);
}
