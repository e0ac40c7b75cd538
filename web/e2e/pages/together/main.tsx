/**
 * A page that people use together: who else is here, a figure that stays current, a table whose choices stand in the
 * address, and what needs a browser to be seen: the calendar, the free times, the palette.
 */
import { createProjectClient, loadConfig } from "@millstream/kit/client";
import { useLiveView, usePresence } from "@millstream/kit/hooks";
import { createQueryClient } from "@millstream/kit/query";
import { type Command, portalRouterOptions, PortalShell } from "@millstream/kit/shell";
import {
  Calendar,
  type CalendarEntry,
  type CalendarMove,
  type CalendarView,
  type DataColumn,
  DataTable,
  KpiCard,
  MoveDialog,
  PageHeading,
  PortalRoot,
  portalTheme,
  PresenceAvatars,
  TrendChart,
} from "@millstream/kit/ui";
import { createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";

const NAME = new URLSearchParams(location.search).get("name") ?? "Nobody";
const ZONE = "Asia/Karachi";
const BLUES = [
  "#eef0ff",
  "#dcdffb",
  "#b6bcf0",
  "#8d96e6",
  "#6b76dd",
  "#5562d8",
  "#4957d6",
  "#3a48be",
  "#3240ab",
  "#273697",
] as const;

interface Total {
  readonly orders: number;
}

interface Person {
  readonly name: string;
  readonly age: number;
}

const PEOPLE: readonly Person[] = [
  { name: "Grace", age: 85 },
  { name: "Ada", age: 36 },
  { name: "Mary", age: 97 },
];

const COLUMNS: readonly DataColumn<Person>[] = [
  { id: "name", header: "Name", value: ({ name }) => name },
  { id: "age", header: "Age", align: "end", value: ({ age }) => age },
];

function Overview() {
  const state = useMemo(() => ({ name: NAME }), []);
  const { others, isLive } = usePresence({ topic: "together", presenceKey: NAME, state });
  const { rows, stale } = useLiveView<Total>({ view: "totals", key: [] });
  return (
    <>
      <PageHeading>Overview</PageHeading>
      <p data-testid="others" data-live={isLive}>
        {others.map(({ state: { name } }) => name).join(", ")}
      </p>
      <PresenceAvatars people={others.map(({ key, state: { name } }) => ({ key, name }))} />
      <div data-testid="figure" data-stale={stale}>
        <KpiCard
          label="Orders"
          value={rows?.[0]?.orders}
          delta={{ value: -2, since: "than yesterday", better: "down" }}
        />
      </div>
      <DataTable label="People" columns={COLUMNS} rows={PEOPLE} keyOf={({ name }) => name} empty="Nobody." />
      <TrendChart
        label="Ages"
        over="name"
        series={[{ name: "age", label: "Age" }]}
        points={PEOPLE.map(({ name, age }) => ({ name, age }))}
      />
    </>
  );
}

const APPOINTMENT: CalendarEntry = {
  id: "a",
  title: "Ada",
  status: "confirmed",
  startsAt: "2026-07-15T05:00:00Z",
  endsAt: "2026-07-15T06:00:00Z",
  color: "blue",
  movable: true,
};

function Appointments() {
  const [shown, setShown] = useState<{ view: CalendarView; day: string }>({ view: "week", day: "2026-07-15" });
  const [entry, setEntry] = useState(APPOINTMENT);
  const [opened, setOpened] = useState(false);
  const move = ({ startsAt, endsAt }: CalendarMove): Promise<void> => {
    if (startsAt < new Date("2026-07-15T04:00:00Z")) return Promise.reject(new Error("We are closed then."));
    setEntry({ ...entry, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() });
    return Promise.resolve();
  };
  return (
    <>
      <PageHeading>Appointments</PageHeading>
      <Calendar
        label="Appointments"
        zone={ZONE}
        {...shown}
        entries={[entry]}
        onChange={setShown}
        onOpen={() => setOpened(true)}
        onMove={move}
      />
      {opened && <MoveDialog entry={entry} zone={ZONE} onMove={move} onClose={() => setOpened(false)} />}
    </>
  );
}

const COMMANDS: readonly Command[] = [
  { id: "calendar", label: "Appointments of this week", link: { to: "/appointments" } },
];

function Layout() {
  return (
    <PortalShell brand="Together" palette={{ commands: COMMANDS }} footer="A page for tests.">
      <Outlet />
    </PortalShell>
  );
}

const root = createRootRoute({ component: Layout });
const overview = createRoute({ getParentRoute: () => root, path: "/", component: Overview });
const appointments = createRoute({ getParentRoute: () => root, path: "/appointments", component: Appointments });

function createPageRouter() {
  return createRouter({ routeTree: root.addChildren([overview, appointments]), ...portalRouterOptions() });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}

const client = createProjectClient(await loadConfig());
const element = document.getElementById("root");
if (element) {
  createRoot(element).render(
    <PortalRoot theme={portalTheme(BLUES)} client={client} queryClient={createQueryClient()}>
      <RouterProvider router={createPageRouter()} />
    </PortalRoot>,
  );
}
