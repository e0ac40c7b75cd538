/**
 * The screen at the entrance of a library, alone on its device: free seats for everybody who passes, and checking in
 * where somebody who works there has signed the device in.
 */
import { useNow, useOrganisations, usePageConnection } from "@millstream/kit/hooks";
import { KioskShell } from "@millstream/kit/shell";
import { Loaded, type Openness, openness } from "@millstream/kit/ui";
import { useParams } from "@tanstack/react-router";
import { KioskBoard } from "../../features/kiosk/KioskBoard";
import { KioskCheckIn } from "../../features/kiosk/KioskCheckIn";
import { useLibrary } from "../../features/libraries/useLibraries";
import { useOccupancy } from "../../features/libraries/useOccupancy";
import type { LibraryRow } from "../../rows";
import { NothingHere } from "../NotFoundPage";

export function KioskPage() {
  const { libraryId } = useParams({ from: "/kiosk/$libraryId" });
  const { library, error, reload } = useLibrary(libraryId);
  return (
    <Loaded what="seats" value={library} error={error} reload={reload} count={1} height={600} empty={NO_LIBRARY}>
      {(known) => <Kiosk library={known} />}
    </Loaded>
  );
}

const NO_LIBRARY = (
  <main>
    <NothingHere />
  </main>
);

function Kiosk({ library }: { readonly library: LibraryRow }) {
  const { id, name, timezone, organisation_id } = library;
  const { organisations = [] } = useOrganisations();
  const { isConnected } = usePageConnection();
  const { saying, isOpen = true } = useOpening(id, timezone);
  const isStaff = organisations.some((one) => one.id === organisation_id && one.role !== "customer");
  return (
    <KioskShell
      name={name}
      lead={saying}
      zone={timezone}
      service={isStaff ? <KioskCheckIn zone={timezone} isConnected={isConnected} /> : null}
      forStaff="as staff of the library to check in here"
    >
      <KioskBoard library={library} isOpen={isOpen} />
    </KioskShell>
  );
}

function useOpening(library: string, zone: string): Partial<Openness> {
  const now = useNow();
  const occupancy = useOccupancy().of(library);
  return occupancy ? openness(occupancy, zone, now) : {};
}
