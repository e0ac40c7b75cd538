/**
 * The passes of whoever is signed in that still hold or will; nothing where there are none.
 */
import { Item, ItemList, Panel } from "@millstream/kit/ui";
import { sayDays } from "@millstream/kit/time";
import type { PassRow } from "../../rows";
import { useLibrary } from "../libraries/useLibraries";
import { money } from "../money";
import { useOwnRows } from "../useOwnRows";

export function PassList() {
  const { rows } = useOwnRows("passes");
  const active = (rows ?? []).filter(({ status }) => status === "active");
  if (active.length === 0) return null;
  return (
    <Panel title="Monthly passes">
      <ItemList>
        {active.map((pass) => (
          <Pass key={pass.id} pass={pass} />
        ))}
      </ItemList>
    </Panel>
  );
}

function Pass({ pass }: { readonly pass: PassRow }) {
  const { library } = useLibrary(pass.library_id);
  const paid = pass.payment_status === "paid" ? "paid" : "to be paid at the library";
  const said = `${sayDays(pass.first_day, pass.last_day)} · ${money(pass.price, pass.currency)}, ${paid}`;
  const number = <span className="kit-numbers">{pass.pass_number}</span>;
  return <Item title={<strong>{library?.name}</strong>} details={[said]} action={number} />;
}
