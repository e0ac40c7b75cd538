/**
 * The open sockets: whose they are, what they have joined, how much they owe; and a way to end one.
 */
import { Button, NativeSelect } from "@mantine/core";
import { Callers } from "@millstream/kit/ui";
import { useState } from "react";
import type { OpenSocket, Part } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { DisconnectDialog } from "./DisconnectDialog";
import { Mark, Names } from "./Marks";
import { SearchField } from "./SearchField";
import { useSearch } from "./useSearch";
import { bytes, count, duration } from "./words";

const ORDERS = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "channels", label: "Most channels first" },
  { value: "unsent", label: "Slowest readers first" },
  { value: "quiet", label: "Quietest first" },
  { value: "address", label: "By address" },
];

export function SocketsTable() {
  const { typed, setTyped, query } = useSearch();
  const [order, setOrder] = useState("newest");
  const [chosen, setChosen] = useState<OpenSocket | null>(null);
  const answer = useAdmin<Part<OpenSocket>>(`sockets${query}${query ? "&" : "?"}order=${order}`);
  return (
    <>
      <DataTable
        caption="Sockets"
        answer={answer}
        columns={columnsFor(setChosen)}
        keyOf={({ id }) => id}
        empty="Nobody is connected."
      >
        <SearchField label="Search sockets" value={typed} onChange={setTyped} />
        <NativeSelect
          aria-label="Order of sockets"
          data={ORDERS}
          value={order}
          onChange={(event) => setOrder(event.currentTarget.value)}
        />
      </DataTable>
      <DisconnectDialog
        name="socket"
        path="sockets"
        id={chosen?.id ?? null}
        consequence={
          `It ends with code 4004, and its client connects again by itself: its ${chosen?.channels ?? 0} channels are ` +
          "joined anew, and those that resume miss nothing."
        }
        onClose={() => setChosen(null)}
      />
    </>
  );
}

function columnsFor(choose: (socket: OpenSocket) => void): readonly Column<OpenSocket>[] {
  return [
    { name: "Number", of: ({ id }) => id, isNumber: true },
    { name: "Address", of: ({ address }) => address || "Unix socket" },
    { name: "Roles", of: ({ roles }) => roles.map((role) => <Mark key={role}>{role}</Mark>) },
    { name: "Callers", of: ({ callers, emails }) => <Callers callers={callers} emails={emails} /> },
    { name: "Channels", of: ({ topics }) => <Names names={topics} /> },
    { name: "Open for", of: ({ open_seconds }) => duration(open_seconds), isNumber: true },
    { name: "Quiet for", of: ({ quiet_seconds }) => duration(quiet_seconds), isNumber: true },
    { name: "Unsent", of: ({ unsent_bytes }) => (unsent_bytes ? bytes(unsent_bytes) : count(0)), isNumber: true },
    {
      name: "Action",
      of: (socket) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Disconnect socket ${socket.id}`}
          onClick={() => choose(socket)}
        >
          Disconnect
        </Button>
      ),
    },
  ];
}
