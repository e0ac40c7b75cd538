/**
 * The passes of whoever is signed in that still hold or will; nothing where there are none.
 */
import { Panel } from "@millstream/kit/ui";
import { sayDay } from "@millstream/kit/time";
import type { PassRow } from "../../rows";
import styles from "../booking/booking.module.css";
import { useLibrary } from "../libraries/useLibraries";
import { money } from "../money";
import { useOwnRows } from "../useOwnRows";

export function PassList() {
  const { rows } = useOwnRows("passes");
  const active = (rows ?? []).filter(({ status }) => status === "active");
  if (active.length === 0) return null;
  return (
    <Panel title="Monthly passes">
      <ul className={styles.list}>
        {active.map((pass) => (
          <Pass key={pass.id} pass={pass} />
        ))}
      </ul>
    </Panel>
  );
}

function Pass({ pass }: { readonly pass: PassRow }) {
  const { library } = useLibrary(pass.library_id);
  const day = (at: string): string => sayDay(`${at}T12:00:00Z`, "UTC");
  const paid = pass.payment_status === "paid" ? "paid" : "to be paid at the library";
  return (
    <li className={styles.item}>
      <div>
        <strong>{library?.name}</strong>
        <p>
          {day(pass.first_day)} – {day(pass.last_day)} · {money(pass.price, pass.currency)}, {paid}
        </p>
      </div>
      <span className="kit-numbers">{pass.pass_number}</span>
    </li>
  );
}
