/**
 * What stands around each page of the portal. Those who work somewhere have a side bar; visitors have none.
 */
import { useOrganisations, useSession } from "@millstream/kit/hooks";
import { type NavigationItem, PortalShell } from "@millstream/kit/shell";
import {
  IconBroadcast,
  IconCalendarSearch,
  IconCalendarWeek,
  IconGauge,
  IconListDetails,
  IconTicket,
  IconWebhook,
} from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import styles from "./Layout.module.css";

const OF_STAFF: readonly NavigationItem[] = [
  { label: "Dashboard", icon: <IconGauge size={20} aria-hidden="true" />, link: { to: "/dashboard" } },
  { label: "Calendar", icon: <IconCalendarWeek size={20} aria-hidden="true" />, link: { to: "/calendar" } },
  { label: "Bookings", icon: <IconListDetails size={20} aria-hidden="true" />, link: { to: "/bookings" } },
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

export function Layout() {
  const { hasAccount } = useSession();
  const { organisations } = useOrganisations();
  const worksSomewhere = organisations !== undefined && organisations.length > 0;
  const brand = (
    <Link to="/" className={styles.brand} aria-label="Bookings, all providers">
      <img src="./icon.svg" alt="" width={32} height={32} />
      Bookings
    </Link>
  );
  const navigation = hasAccount && { navigation: [...(worksSomewhere ? OF_STAFF : []), ...OF_EVERYBODY] };
  return (
    <PortalShell
      brand={brand}
      {...navigation}
      notifications
      footer="A time is yours alone, from the moment you hold it."
    >
      <Outlet />
    </PortalShell>
  );
}
