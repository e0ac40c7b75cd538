/**
 * What stands around each page of the portal. Those who work somewhere have a side bar; visitors have none.
 */
import { useOrganisations, useProject, useSession } from "@millstream/kit/hooks";
import { type Command, type NavigationItem, PortalShell } from "@millstream/kit/shell";
import {
  IconAddressBook,
  IconBroadcast,
  IconCalendarSearch,
  IconCalendarWeek,
  IconClockHour4,
  IconGauge,
  IconListDetails,
  IconScissors,
  IconTicket,
  IconWebhook,
} from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { findAnything } from "../features/staff/findAnything";
import styles from "./Layout.module.css";

const OF_STAFF: readonly NavigationItem[] = [
  { label: "Dashboard", icon: <IconGauge size={20} aria-hidden="true" />, link: { to: "/dashboard" } },
  { label: "Calendar", icon: <IconCalendarWeek size={20} aria-hidden="true" />, link: { to: "/calendar" } },
  { label: "Bookings", icon: <IconListDetails size={20} aria-hidden="true" />, link: { to: "/bookings" } },
  { label: "Services", icon: <IconScissors size={20} aria-hidden="true" />, link: { to: "/services" } },
  { label: "Working hours", icon: <IconClockHour4 size={20} aria-hidden="true" />, link: { to: "/hours" } },
  { label: "Clients", icon: <IconAddressBook size={20} aria-hidden="true" />, link: { to: "/clients" } },
  { label: "Webhooks", icon: <IconWebhook size={20} aria-hidden="true" />, link: { to: "/webhooks" } },
  {
    label: "Real-time bookings",
    icon: <IconBroadcast size={20} aria-hidden="true" />,
    link: { to: "/demo/real-time-bookings" },
  },
];
const OF_EVERYBODY: readonly NavigationItem[] = [
  {
    label: "Find a time",
    icon: <IconCalendarSearch size={20} aria-hidden="true" />,
    link: { to: "/", activeOptions: { exact: true } },
  },
  {
    label: "Your bookings",
    icon: <IconTicket size={20} aria-hidden="true" />,
    link: { to: "/my-bookings", activeOptions: { exact: true } },
  },
];

const COMMANDS: readonly Command[] = [
  {
    id: "requests",
    label: "Requests that wait for you",
    keywords: ["pending", "approve"],
    link: { to: "/bookings", search: { state: "pending" } },
  },
  {
    id: "failed",
    label: "Webhooks that failed",
    keywords: ["dead"],
    link: { to: "/webhooks", search: { doutcome: "failed" } },
  },
  { id: "away", label: "Say when somebody is away", keywords: ["holiday", "exception"], link: { to: "/hours" } },
];

export function Layout() {
  const { client } = useProject();
  const { hasAccount } = useSession();
  const { organisations } = useOrganisations();
  const worksSomewhere = organisations !== undefined && organisations.length > 0;
  const brand = (
    <Link to="/" className={styles.brand} aria-label="Bookings, all providers">
      <img src="./icon.svg" alt="" width={32} height={32} />
      <span className={styles.name}>Bookings</span>
    </Link>
  );
  const ofAccount = hasAccount && {
    navigation: [...(worksSomewhere ? OF_STAFF : []), ...OF_EVERYBODY],
    palette: {
      commands: worksSomewhere ? COMMANDS : [],
      search: (query: string) => findAnything(client, query),
    },
  };
  return (
    <PortalShell
      brand={brand}
      {...ofAccount}
      notifications
      footer="A time is yours alone, from the moment you hold it."
    >
      <Outlet />
    </PortalShell>
  );
}
