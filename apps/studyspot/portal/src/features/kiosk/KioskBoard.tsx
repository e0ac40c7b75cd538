/**
 * The board at the entrance: how many seats are free in each zone.
 */
import { CountBoard, Loaded } from "@millstream/kit/ui";
import { IconVolume3 } from "@tabler/icons-react";
import type { LibraryRow, ZoneRow } from "../../rows";
import { useFreeByZone } from "./useFreeByZone";

export function KioskBoard({ library, isOpen }: { readonly library: LibraryRow; readonly isOpen: boolean }) {
  const { zones, error, reload } = useFreeByZone(library);
  return (
    <Loaded what="seats" value={zones} error={error} reload={reload} height={120}>
      {(known) => (
        <CountBoard
          label="Free seats"
          free={isOpen ? known.reduce((sum, { free }) => sum + free, 0) : 0}
          sayFree={(count) => (count === 1 ? "seat is free" : "seats are free")}
          parts={known.map(({ zone, free, seats }) => ({
            id: zone.id,
            name: zone.name,
            more: <About zone={zone} />,
            free,
            total: seats,
          }))}
        />
      )}
    </Loaded>
  );
}

function About({ zone: { floor, quiet } }: { readonly zone: ZoneRow }) {
  return (
    <>
      {floor}
      {quiet && (
        <>
          <IconVolume3 size={18} aria-hidden="true" /> quiet
        </>
      )}
    </>
  );
}
