/**
 * The whole view on one page: the state of the project, its figures, and a tab for each list.
 */
import { Button, Tabs } from "@mantine/core";
import { ColorSchemeSwitch, ErrorState, LoadingState } from "@millstream/kit/ui";
import { type ComponentType, useState } from "react";
import { forgetKey } from "../features/key/adminKey";
import { LogPanel } from "../features/log/LogPanel";
import { OverviewCards } from "../features/overview/OverviewCards";
import { Problems } from "../features/overview/Problems";
import type { Watched } from "../features/overview/rates";
import { StatusChip } from "../features/overview/StatusChip";
import { useOverview } from "../features/overview/useOverview";
import { ChannelsTable } from "../features/tables/ChannelsTable";
import { PoliciesTable } from "../features/tables/PoliciesTable";
import { PresenceTable } from "../features/tables/PresenceTable";
import { RoomsPanel } from "../features/tables/RoomsPanel";
import { SocketsTable } from "../features/tables/SocketsTable";
import { SubscriptionsTable } from "../features/tables/SubscriptionsTable";
import { duration } from "../features/tables/words";
import { WebhooksPanel } from "../features/webhooks/WebhooksPanel";
import styles from "./ConsolePage.module.css";

export function ConsolePage() {
  const answer = useOverview();
  const { data, error, refetch } = answer;
  const title = data?.overview.title ?? "Millstream";
  return (
    <>
      <title>{`${title} · Millstream admin`}</title>
      <header className={styles.header}>
        <div className={styles.bar}>
          <h1>
            {title} <span className={styles.kind}>admin</span>
          </h1>
          <div className={styles.tools}>
            <StatusChip answer={answer} />
            <ColorSchemeSwitch />
            <Button variant="default" size="compact-sm" onClick={forgetKey}>
              Sign out
            </Button>
          </div>
        </div>
      </header>
      <main className={styles.main}>
        {data ? (
          <Console watched={data} />
        ) : error ? (
          <ErrorState title="The server does not answer" error={error} onRetry={() => void refetch()} />
        ) : (
          <LoadingState label="Loading the figures" count={4} height={120} />
        )}
      </main>
    </>
  );
}

interface ListProps {
  readonly watched: Watched;
}

/** The tabs, in their order. */
const LISTS: Readonly<Record<string, ComponentType<ListProps>>> = {
  Sockets: SocketsTable,
  Channels: ChannelsTable,
  Subscriptions: SubscriptionsTable,
  Presence: PresenceTable,
  Rooms: RoomsPanel,
  Policies: PoliciesTable,
  Webhooks: WebhooksPanel,
  Log: ({ watched }) => <LogPanel log={watched.overview.log} />,
};

function Console({ watched }: ListProps) {
  const [tab, setTab] = useState("Sockets");
  const { overview } = watched;
  return (
    <>
      <Problems problems={overview.problems} />
      <OverviewCards watched={watched} />
      <Tabs value={tab} onChange={(chosen) => setTab(chosen ?? tab)} keepMounted={false} className={styles.tabs ?? ""}>
        <Tabs.List aria-label="Lists">
          {Object.keys(LISTS).map((each) => (
            <Tabs.Tab key={each} value={each}>
              {each}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(LISTS).map(([each, List]) => (
          <Tabs.Panel key={each} value={each} pt="md">
            <List watched={watched} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <p className={styles.foot}>
        Millstream {overview.version}, running for {duration(overview.now - overview.started_at)}
      </p>
    </>
  );
}
