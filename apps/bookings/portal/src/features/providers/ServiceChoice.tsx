/**
 * What can be booked, as a group of radio buttons that look like cards.
 */
import { Radio } from "@mantine/core";
import { price } from "@millstream/kit/ui";
import { sayDuration } from "@millstream/kit/time";
import type { ServiceRow } from "../../rows";
import styles from "./ServiceChoice.module.css";

interface Props {
  readonly services: readonly ServiceRow[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

export function ServiceChoice({ services, chosen, onChoose }: Props) {
  return (
    <Radio.Group value={chosen} onChange={onChoose} aria-label="Service">
      <div className={styles.services}>
        {services.map((service) => (
          <Radio.Card key={service.id} value={service.id} className={styles.service} radius="md">
            <Radio.Indicator aria-hidden="true" />
            <span className={styles.text}>
              <span className={styles.name}>{service.name}</span>
              {service.description !== "" && <span className={styles.description}>{service.description}</span>}
              <span className={styles.facts}>
                {sayDuration(service.duration_minutes)} · {price(service.price, service.currency)}
                {service.confirmation === "request" && " · on request"}
              </span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
