/**
 * Who is connected to the rooms in this moment, and which rooms there are; asked anew every few seconds.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { projectRequest } from "../../client";
import { useProject, useSearchParams } from "../../hooks";
import { KpiCard } from "../KpiCard";
import { Panel } from "../Panel";
import { type DataColumn, DataTable } from "../table";
import { Callers, type CallersOf, sayCallers } from "./Callers";
import styles from "./operating.module.css";

interface Room {
  readonly namespace: string;
  readonly room: string;
  readonly members: number;
}

interface Connection extends CallersOf {
  readonly id: number;
  readonly transport: string;
  readonly namespaces: readonly { readonly role: string; readonly rooms: readonly string[] }[];
  readonly open_seconds: number;
}

interface Part<Row> {
  readonly total: number;
  readonly fitting: number;
  readonly shown: readonly Row[];
}

interface Answer {
  readonly rooms: Part<Room>;
  readonly connections: Part<Connection>;
}

const ASK_AGAIN_MS = 3_000;

const ROOM_COLUMNS: readonly DataColumn<Room>[] = [
  {
    id: "room",
    header: "Room",
    value: ({ room }) => room,
    cell: ({ room }) => <span className={styles.id}>{room}</span>,
  },
  { id: "members", header: "Members", value: ({ members }) => members, align: "end" },
];
const CONNECTION_COLUMNS: readonly DataColumn<Connection>[] = [
  {
    id: "caller",
    header: "Who",
    value: sayCallers,
    cell: ({ callers, emails }) => <Callers callers={callers} emails={emails} />,
  },
  {
    id: "role",
    header: "As",
    value: ({ namespaces }) => [...new Set(namespaces.map(({ role }) => role))].join(", "),
    wideOnly: true,
  },
  { id: "rooms", header: "Rooms", value: ({ namespaces }) => roomsOf(namespaces), align: "end" },
  { id: "transport", header: "By", value: ({ transport }) => transport, wideOnly: true },
  {
    id: "since",
    header: "Open",
    value: ({ open_seconds }) => open_seconds,
    cell: ({ open_seconds }) => sayAge(open_seconds),
    align: "end",
  },
];

interface Props {
  /** The route that answers them, for those who may know: `api/v1/test/rooms`. */
  readonly path: string;
}

export function RoomsMonitor({ path }: Props) {
  const { client } = useProject();
  const { params } = useSearchParams();
  const search = params["r-q"] ?? "";
  const { data, error, refetch } = useQuery({
    queryKey: ["rooms-monitor", path, search],
    queryFn: () => projectRequest<Answer>(client, "GET", `${path}?search=${encodeURIComponent(search)}`),
    refetchInterval: ASK_AGAIN_MS,
    placeholderData: keepPreviousData,
  });
  const state = { error, onRetry: () => void refetch(), csv: false as const };
  return (
    <>
      <div className={styles.figures}>
        <KpiCard label="Connections" value={data?.connections.total} hint="to rooms, now" />
        <KpiCard label="Rooms" value={data?.rooms.total} hint="with somebody in them" />
      </div>
      <div className={clsx(styles.columns, styles.monitor)}>
        <Panel title="Connections">
          <DataTable
            {...state}
            label="Connections"
            prefix="c-"
            columns={CONNECTION_COLUMNS}
            rows={data?.connections.shown}
            keyOf={({ id }) => String(id)}
            empty="Nobody is connected."
          />
        </Panel>
        <Panel title="Rooms">
          <DataTable
            {...state}
            label="Rooms"
            prefix="r-"
            columns={ROOM_COLUMNS}
            rows={data?.rooms.shown}
            keyOf={({ namespace, room }) => `${namespace} ${room}`}
            empty="Nobody is in a room."
          />
        </Panel>
      </div>
    </>
  );
}

function roomsOf(namespaces: Connection["namespaces"]): number {
  return namespaces.reduce((count, { rooms }) => count + rooms.length, 0);
}

/** Say how long something has lasted: `42 s`, `5 min`, `3 h`. Pure. */
export function sayAge(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
