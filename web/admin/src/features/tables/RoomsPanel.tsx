/**
 * Who hears events of rooms: the rooms in which somebody is, and the connections; and a way to end one.
 */
import { Button, Stack } from "@mantine/core";
import { Callers } from "@millstream/kit/ui";
import { useState } from "react";
import type { OpenRoom, Part, RoomConnection } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { DisconnectDialog } from "./DisconnectDialog";
import { Mark, Names } from "./Marks";
import { SearchField } from "./SearchField";
import { useSearch } from "./useSearch";
import { count, duration } from "./words";

const ROOM_COLUMNS: readonly Column<OpenRoom>[] = [
  { name: "Room", of: ({ room }) => room },
  { name: "Namespace", of: ({ namespace }) => <Mark>{namespace}</Mark> },
  { name: "Members", of: ({ members }) => count(members), isNumber: true },
];

export function RoomsPanel() {
  return (
    <Stack gap="xl">
      <OpenRooms />
      <Connections />
    </Stack>
  );
}

function OpenRooms() {
  const { typed, setTyped, query } = useSearch();
  const answer = useAdmin<Part<OpenRoom>>(`rooms${query}`);
  return (
    <DataTable
      caption="Rooms"
      answer={answer}
      columns={ROOM_COLUMNS}
      keyOf={({ namespace, room }) => `${namespace} ${room}`}
      empty="Nobody is in a room."
    >
      <SearchField label="Search rooms" value={typed} onChange={setTyped} />
    </DataTable>
  );
}

function Connections() {
  const { typed, setTyped, query } = useSearch();
  const [chosen, setChosen] = useState<RoomConnection | null>(null);
  const answer = useAdmin<Part<RoomConnection>>(`rooms/connections${query}`);
  return (
    <>
      <DataTable
        caption="Connections"
        answer={answer}
        columns={columnsFor(setChosen)}
        keyOf={({ id }) => id}
        empty="Nobody is connected by Socket.IO."
      >
        <SearchField label="Search connections" value={typed} onChange={setTyped} />
      </DataTable>
      <DisconnectDialog
        name="connection"
        path="rooms/connections"
        id={chosen?.id ?? null}
        consequence="Its client connects again by itself and joins its rooms anew, or goes on where it was."
        onClose={() => setChosen(null)}
      />
    </>
  );
}

function columnsFor(choose: (connection: RoomConnection) => void): readonly Column<RoomConnection>[] {
  return [
    { name: "Number", of: ({ id }) => id, isNumber: true },
    { name: "Address", of: ({ address }) => address || "Unix socket" },
    { name: "Transport", of: ({ transport }) => <Mark>{transport}</Mark> },
    { name: "Roles", of: ({ namespaces }) => rolesOf(namespaces).map((role) => <Mark key={role}>{role}</Mark>) },
    { name: "Callers", of: ({ callers, emails }) => <Callers callers={callers} emails={emails} /> },
    { name: "Rooms", of: ({ namespaces }) => <Names names={namespaces.flatMap(({ rooms }) => rooms)} /> },
    { name: "Open for", of: ({ open_seconds }) => duration(open_seconds), isNumber: true },
    { name: "Quiet for", of: ({ quiet_seconds }) => duration(quiet_seconds), isNumber: true },
    {
      name: "Action",
      of: (connection) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Disconnect connection ${connection.id}`}
          onClick={() => choose(connection)}
        >
          Disconnect
        </Button>
      ),
    },
  ];
}

function rolesOf(namespaces: RoomConnection["namespaces"]): readonly string[] {
  return [...new Set(namespaces.map(({ role }) => role))];
}
