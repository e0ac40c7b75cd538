/**
 * The subscriptions that this page has open, how many there may be, and ways to open and close some.
 */
import { Button, Group, Table, TextInput } from "@mantine/core";
import { useProject } from "@millstream/kit/hooks";
import { EmptyState, Panel, showToast } from "@millstream/kit/ui";
import { sayMoment, visitorZone } from "@millstream/kit/time";
import { type SubmitEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { type BookingSubscriptionManager, bookingSubscriptionsOf } from "../events/bookingSubscriptions";

const REFRESH_MS = 2_000;

export function Subscriptions() {
  const { client } = useProject();
  const manager = bookingSubscriptionsOf(client);
  const { active } = manager;
  const channels = useSyncExternalStore(active.subscribe, active.get);
  useEffect(() => {
    const timer = setInterval(() => manager.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [manager]);
  return (
    <Panel
      title={`${channels.length} of ${manager.maxSubscriptions} subscriptions`}
      lead="One that somebody listens to is never closed for another's sake: the next is refused instead."
      action={
        <Button variant="default" disabled={channels.length === 0} onClick={() => manager.unsubscribeAll()}>
          Unsubscribe from all
        </Button>
      }
    >
      <NewSubscription manager={manager} />
      {channels.length === 0 ? (
        <EmptyState title="No subscription is open">Open one above: the id of any booking will do.</EmptyState>
      ) : (
        <Table mt="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Subscription</Table.Th>
              <Table.Th>Open since</Table.Th>
              <Table.Th>Events</Table.Th>
              <Table.Th aria-label="Close" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {channels.map(({ name, since, messages }) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>{sayMoment(since, visitorZone())}</Table.Td>
                <Table.Td className="kit-numbers">{messages}</Table.Td>
                <Table.Td>
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    aria-label={`Unsubscribe from ${name}`}
                    onClick={() => manager.unsubscribe(name)}
                  >
                    Unsubscribe
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

const TEST_ID = "test-booking-id";
const TEST_MS = 10_000;

/** A subscription by hand; the test one is cleaned up by itself. */
function NewSubscription({ manager }: { readonly manager: BookingSubscriptionManager }) {
  const [id, setId] = useState("");
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);
  const open = (booking: string): (() => void) | undefined => {
    try {
      return manager.subscribeToBookingEvents(booking, ({ event_type, description }) =>
        showToast({ id: `heard:${booking}`, kind: "news", title: event_type, message: description }),
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      showToast({ id: "subscribe", kind: "problem", title: "Not subscribed", message });
      return undefined;
    }
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (id.trim() !== "") open(id.trim());
    setId("");
  };
  const test = (): void => {
    const close = open(TEST_ID);
    if (close) timers.current.push(setTimeout(close, TEST_MS));
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput label="Booking" value={id} onChange={(event) => setId(event.currentTarget.value)} maxLength={64} />
        <Button type="submit" variant="default" disabled={id.trim() === ""}>
          Subscribe
        </Button>
        <Button variant="subtle" onClick={test}>
          Test for ten seconds
        </Button>
      </Group>
    </form>
  );
}
