/**
 * A month at one library for one price: what it costs, buying it, or until when one has it.
 */
import { Button, Group, Modal } from "@mantine/core";
import { useOperation, useSession } from "@millstream/kit/hooks";
import { Panel, showToast } from "@millstream/kit/ui";
import { addDays, dayIn, sayDay } from "@millstream/kit/time";
import { useState } from "react";
import type { LibraryRow, PassRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { money } from "../money";
import { useOwnRows } from "../useOwnRows";
import styles from "../booking/booking.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly monthPrice: number;
  readonly now: number;
}

interface BuyPass {
  readonly library_id: string;
  readonly first_day: string;
}

export function PassOffer({ library, monthPrice, now }: Props) {
  const [asking, setAsking] = useState(false);
  const { rows } = useOwnRows("passes");
  const { ensureSession } = useSession();
  const today = dayIn(new Date(now), library.timezone);
  const own = passOn(today, library.id, rows ?? []);
  const firstDay = own === undefined ? today : addDays(own.last_day, 1);
  const buy = useOperation<BuyPass, PassRow>("buy_pass", {
    onSuccess: () => {
      setAsking(false);
      showToast({
        id: "pass",
        kind: "good",
        title: "The pass is yours",
        message: "It covers what you book from now on.",
      });
    },
    onError: tellRefusal("pass", library.timezone),
  });
  const cost = money(monthPrice, library.currency);
  return (
    <Panel title="Monthly pass" lead={`${cost} for a month of seats here, every day`}>
      <div className={styles.dialog}>
        {own && <p>Yours until {sayDay(`${own.last_day}T12:00:00Z`, "UTC")}: what you book here costs nothing more.</p>}
        <Button variant="light" loading={buy.isPending} onClick={() => setAsking(true)}>
          {own ? "Buy the month after" : `Buy a pass for ${cost}`}
        </Button>
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Buy a pass for ${cost}?`} centered>
        <div className={styles.dialog}>
          <p>It begins on {sayDay(`${firstDay}T12:00:00Z`, "UTC")} and holds for a month. You pay at the library.</p>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Not now
            </Button>
            <Button
              loading={buy.isPending}
              onClick={() =>
                void ensureSession().then(() => buy.mutate({ library_id: library.id, first_day: firstDay }))
              }
            >
              Buy the pass
            </Button>
          </Group>
        </div>
      </Modal>
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
