/**
 * Subscriptions to the events of one booking, one user or one provider, without React: shared by name, at most ten.
 *
 * Each `subscribeTo…` returns the function that unsubscribes; it throws ChannelLimitReached rather than take a channel
 * away from somebody who listens.
 */
import { type ProjectClient, rowFeed } from "@millstream/kit/client";
import { type ActiveChannel, ChannelManager, type Readable } from "@millstream/kit/live";
import type { BookingEventRow } from "../../rows";

export type OnBookingEvent = (event: BookingEventRow) => void;

export class BookingSubscriptionManager {
  readonly #client: ProjectClient;
  readonly #channels = new ChannelManager();

  constructor(client: ProjectClient) {
    this.#client = client;
  }

  get maxSubscriptions(): number {
    return this.#channels.maxChannels;
  }

  get active(): Readable<readonly ActiveChannel[]> {
    return this.#channels.active;
  }

  subscribeToBookingEvents(bookingId: string, callback: OnBookingEvent): () => void {
    return this.#subscribe(["booking_id"], bookingId, callback);
  }

  /** Events of bookings in which the user is the client or the provider. */
  subscribeToUserBookingEvents(userId: string, callback: OnBookingEvent): () => void {
    return this.#subscribe(["client_user_id", "provider_user_id"], userId, callback);
  }

  subscribeToProviderBookingEvents(providerId: string, callback: OnBookingEvent): () => void {
    return this.#subscribe(["provider_id"], providerId, callback);
  }

  getActiveSubscriptions(): readonly string[] {
    return this.#channels.active.get().map(({ name }) => name);
  }

  getActiveSubscriptionCount(): number {
    return this.getActiveSubscriptions().length;
  }

  unsubscribe(name: string): void {
    this.#channels.unsubscribe(name);
  }

  unsubscribeAll(): void {
    this.#channels.unsubscribeAll();
  }

  /** Count the messages anew. */
  refresh(): void {
    this.#channels.refresh();
  }

  #subscribe(columns: readonly string[], id: string, callback: OnBookingEvent): () => void {
    const topic = `booking-subscription:${columns[0] ?? ""}:${id}`;
    const bindings = columns.map((column) => ({
      event: "INSERT" as const,
      schema: "public",
      table: "booking_events",
      filter: `${column}=eq.${id}`,
    }));
    const open = rowFeed<BookingEventRow>(this.#client, topic, bindings);
    return this.#channels.subscribe<BookingEventRow>(
      topic,
      (publish) =>
        open({
          joined: () => undefined,
          interrupted: () => undefined,
          changed: ({ row }) => publish(row as BookingEventRow),
        }),
      callback,
    );
  }
}

const managers = new WeakMap<ProjectClient, BookingSubscriptionManager>();

/** Return the page's one manager. In the demo it is `window.bookingSubscriptionManager`, too, for a look by hand. */
export function bookingSubscriptionsOf(client: ProjectClient): BookingSubscriptionManager {
  const known = managers.get(client);
  if (known) return known;
  const manager = new BookingSubscriptionManager(client);
  managers.set(client, manager);
  if (client.config.demo) Object.assign(window, { bookingSubscriptionManager: manager });
  return manager;
}
