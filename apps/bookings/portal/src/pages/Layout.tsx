/**
 * What stands around each page of the portal. Those who work somewhere have a side bar; visitors have none.
 */
import { useOrganisations, useProject, useSession } from "@millstream/kit/hooks";
import { Brand, type Command, type NavigationItem, PortalShell } from "@millstream/kit/shell";
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
import { Outlet } from "@tanstack/react-router";
import { findAnything } from "../features/staff/findAnything";

const OF_STAFF: readonly NavigationItem[] = [
  { label: "Dashboard", Sign: IconGauge, link: { to: "/dashboard" } },
  { label: "Calendar", Sign: IconCalendarWeek, link: { to: "/calendar" } },
  { label: "Bookings", Sign: IconListDetails, link: { to: "/bookings" } },
  { label: "Services", Sign: IconScissors, link: { to: "/services" } },
  { label: "Working hours", Sign: IconClockHour4, link: { to: "/hours" } },
  { label: "Clients", Sign: IconAddressBook, link: { to: "/clients" } },
  { label: "Webhooks", Sign: IconWebhook, link: { to: "/webhooks" } },
  { label: "Real-time bookings", Sign: IconBroadcast, link: { to: "/demo/real-time-bookings" } },
];
const OF_EVERYBODY: readonly NavigationItem[] = [
  { label: "Find a time", Sign: IconCalendarSearch, link: { to: "/", activeOptions: { exact: true } } },
  { label: "Your bookings", Sign: IconTicket, link: { to: "/my-bookings", activeOptions: { exact: true } } },
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
  const ofAccount = hasAccount && {
    navigation: [...(worksSomewhere ? OF_STAFF : []), ...OF_EVERYBODY],
    palette: {
      commands: worksSomewhere ? COMMANDS : [],
      search: (query: string) => findAnything(client, query),
    },
  };
  return (
    <PortalShell
      brand={<Brand name="Bookings" leadsTo="all providers" link={{ to: "/" }} isShort />}
      {...ofAccount}
      notifications
      footer="A time is yours alone, from the moment you hold it."
    >
      <Outlet />
    </PortalShell>
  );
}
