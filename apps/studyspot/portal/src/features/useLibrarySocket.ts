/**
 * Is in the rooms of a library while the component is mounted: the one that everybody may be in, and that of its staff.
 */
import { type RoomOptions, type UseSocket, useRoom, useSocket } from "@millstream/kit/hooks";

interface LibraryOptions extends RoomOptions {
  /** Join the room of those who work there, too. */
  readonly staff?: boolean;
}

export interface UseLibrarySocket extends UseSocket {
  /** Everything that was asked for is joined: what happens is heard. */
  readonly isJoined: boolean;
}

/** Null joins nothing, while it is not known yet which library it is. `onJoined` is where to load anew what is shown. */
export function useLibrarySocket(libraryId: string | null, options: LibraryOptions = {}): UseLibrarySocket {
  const { staff = false, ...heard } = options;
  const socket = useSocket();
  const open = useRoom(libraryId === null ? null : `library:${libraryId}`, heard);
  const ofStaff = useRoom(libraryId === null || !staff ? null : `library-staff:${libraryId}`, heard);
  return { ...socket, isJoined: open === "joined" && (!staff || ofStaff === "joined") };
}
