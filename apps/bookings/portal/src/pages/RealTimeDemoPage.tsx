/**
 * Everything live about bookings on one page: events, webhooks, subscriptions, and how to have them elsewhere.
 */
import { Tabs } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { OfficePage } from "@millstream/kit/shell";
import { visitorZone } from "@millstream/kit/time";
import type { ReactNode } from "react";
import styles from "../features/demo/demo.module.css";
import { Examples } from "../features/demo/Examples";
import { Subscriptions } from "../features/demo/Subscriptions";
import { WebhookTesting } from "../features/demo/WebhookTesting";
import { RealTimeBookingEvents } from "../features/events/RealTimeBookingEvents";

interface Tab {
  readonly value: string;
  readonly label: string;
  readonly show: (organisation: string) => ReactNode;
}

const TABS: readonly Tab[] = [
  {
    value: "events",
    label: "Live Events",
    show: (organisation) => <RealTimeBookingEvents organisation={organisation} zone={visitorZone()} />,
  },
  {
    value: "webhooks",
    label: "Webhook Testing",
    show: (organisation) => <WebhookTesting organisation={organisation} />,
  },
  { value: "subscriptions", label: "Subscription Management", show: () => <Subscriptions /> },
  {
    value: "examples",
    label: "Integration Examples",
    show: (organisation) => <Examples organisation={organisation} />,
  },
];

export function RealTimeDemoPage() {
  const { params, change } = useSearchParams();
  const open = TABS.find(({ value }) => value === params.tab)?.value ?? "events";
  return (
    <OfficePage title="Real-time bookings" lead="Book something in another window, and watch it arrive everywhere.">
      {({ id }) => (
        <Tabs value={open} onChange={(tab) => change({ tab: tab ?? undefined })} keepMounted={false}>
          <Tabs.List>
            {TABS.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {TABS.map(({ value, show }) => (
            <Tabs.Panel key={value} value={value}>
              <div className={styles.tab}>{show(id)}</div>
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </OfficePage>
  );
}
