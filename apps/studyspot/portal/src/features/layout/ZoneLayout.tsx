/**
 * The seats of a zone, to be changed with what each has; saved all at once, or not at all.
 */
import { Chip, Group } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { type DraftSeat, LayoutEditor } from "@millstream/kit/ui";
import type { LibraryRow, SeatRow, ZoneRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { ATTRIBUTES } from "../seats/attributes";

interface Props {
  readonly library: LibraryRow;
  readonly zone: ZoneRow;
  readonly seats: readonly SeatRow[];
}

interface LaidSeat extends DraftSeat {
  readonly attributes: readonly string[];
}

export function ZoneLayout({ library, zone, seats }: Props) {
  return (
    <LayoutEditor<LaidSeat>
      zone={zone}
      lead="Students see a change of the plan as soon as it is saved."
      whenSaved="Every student sees the new plan."
      saved={seats.map(({ id, label, x, y, attributes, active }) => ({ key: id, id, label, x, y, attributes, active }))}
      fresh={{ attributes: [] }}
      save={(client, edits) => {
        const laid = edits.map(({ id, label, x, y, attributes, active }) => ({ id, label, x, y, attributes, active }));
        return callOperation(client, "save_layout", { zone_id: zone.id, seats: laid });
      }}
      onRefused={tellRefusal("layout", library.timezone)}
    >
      {(seat, onChange) => (
        <Chip.Group multiple value={[...seat.attributes]} onChange={(attributes) => onChange({ attributes })}>
          <Group gap="xs" role="group" aria-label="What this seat has">
            {Object.entries(ATTRIBUTES).map(([value, { label }]) => (
              <Chip key={value} value={value}>
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
    </LayoutEditor>
  );
}
