/**
 * One provider: what is offered, when it is free, and the step to holding a time.
 */
import { Button } from "@mantine/core";
import { EmptyState, Loaded, Panel, PersonAvatar, price } from "@millstream/kit/ui";
import { sayDay, sayDuration, sayOwnTime, sayTime, sayZone } from "@millstream/kit/time";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useHoldSlot } from "../features/booking/useHoldSlot";
import { ServiceChoice } from "../features/providers/ServiceChoice";
import { useProvider } from "../features/providers/useProviders";
import { useServices } from "../features/providers/useServices";
import { ChooseSlot } from "../features/slots/ChooseSlot";
import type { FreeSlot } from "../features/slots/useFreeSlots";
import type { ProviderRow, ServiceRow } from "../rows";
import { NotFoundPage } from "./NotFoundPage";
import styles from "./ProviderPage.module.css";

export function ProviderPage() {
  const { slug } = useParams({ from: "/providers/$slug" });
  const { provider, error, reload } = useProvider(slug);
  if (provider === null) return <NotFoundPage />;
  return (
    <Loaded what="provider" value={provider} error={error} reload={reload} count={1} height={380}>
      {(known) => <ProviderDetails provider={known} />}
    </Loaded>
  );
}

function ProviderDetails({ provider }: { readonly provider: ProviderRow }) {
  return (
    <article className={styles.page}>
      <title>{`${provider.name} · Bookings`}</title>
      <header className={styles.head}>
        <PersonAvatar size={72} name={provider.name} />
        <div>
          <h1>{provider.name}</h1>
          <p>{[provider.trade, provider.company_name, sayZone(provider.timezone)].filter(Boolean).join(" · ")}</p>
        </div>
      </header>
      {provider.headline !== "" && <p className={styles.headline}>{provider.headline}</p>}
      <Offers provider={provider} />
    </article>
  );
}

function Offers({ provider }: { readonly provider: ProviderRow }) {
  const { services, error, reload } = useServices(provider);
  return (
    <Loaded what="services" value={services} error={error} reload={reload} count={2} height={84} empty={NOTHING}>
      {(offered) => <ChooseAppointment provider={provider} services={offered} />}
    </Loaded>
  );
}

const NOTHING = <EmptyState title="Nothing can be booked here yet">Come back soon.</EmptyState>;

interface AppointmentProps {
  readonly provider: ProviderRow;
  readonly services: readonly ServiceRow[];
}

function ChooseAppointment({ provider, services }: AppointmentProps) {
  const [chosenService, setService] = useState<string | null>(null);
  const [slot, setSlot] = useState<FreeSlot | null>(null);
  const service = services.find(({ id }) => id === chosenService) ?? services[0];
  if (!service) return null;
  const chooseService = (id: string): void => {
    setService(id);
    setSlot(null);
  };
  return (
    <div className={styles.columns}>
      <Panel title="1. What" className={styles.services}>
        <ServiceChoice services={services} chosen={service.id} onChoose={chooseService} />
      </Panel>
      <Panel title="2. When" className={styles.slots}>
        <ChooseSlot
          key={service.id}
          service={service.id}
          provider={provider.id}
          zone={provider.timezone}
          chosen={slot}
          onChoose={setSlot}
        />
      </Panel>
      <Choice provider={provider} service={service} slot={slot} />
    </div>
  );
}

interface ChoiceProps {
  readonly provider: ProviderRow;
  readonly service: ServiceRow;
  readonly slot: FreeSlot | null;
}

/** What was chosen so far, and the one button. On a phone it stays at the foot of the screen. */
function Choice({ provider, service, slot }: ChoiceProps) {
  const navigate = useNavigate();
  const { holdSlot, isPending } = useHoldSlot(provider, ({ id }) => {
    void navigate({ to: "/my-bookings/$bookingId", params: { bookingId: id } });
  });
  const own = slot && sayOwnTime(slot.startsAt, provider.timezone);
  return (
    <section className={styles.choice} aria-label="Your choice">
      <div>
        <strong>{service.name}</strong>
        <p>
          {sayDuration(service.duration_minutes)} · {price(service.price, service.currency)}
        </p>
        <p aria-live="polite">
          {slot === null
            ? "No time chosen yet"
            : `${sayDay(slot.startsAt, provider.timezone)}, ${sayTime(slot.startsAt, provider.timezone)} – ${sayTime(slot.endsAt, provider.timezone)}`}
        </p>
        {own !== null && <p>{own}</p>}
      </div>
      <Button size="md" disabled={slot === null} loading={isPending} onClick={() => slot && holdSlot(slot, service.id)}>
        Hold this time
      </Button>
      <p className={styles.promise}>
        It is yours for {provider.hold_minutes} minutes. {terms(service)}
      </p>
    </section>
  );
}

/** Say what happens next and what cancelling costs, before anything is promised. */
function terms({ confirmation, request_hours, free_until_hours, late_fee_percent }: ServiceRow): string {
  const next = confirmation === "request" ? `The provider answers your request within ${request_hours} hours. ` : "";
  if (late_fee_percent === 0) return `${next}Cancelling is free.`;
  return `${next}Cancelling is free until ${free_until_hours} hours before, then ${late_fee_percent} % are due.`;
}
