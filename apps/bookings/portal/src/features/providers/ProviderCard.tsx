/**
 * One provider in the list. The whole card is its link.
 */
import { Card, CardTitle, PersonAvatar } from "@millstream/kit/ui";
import { sayZone } from "@millstream/kit/time";
import { IconWorld } from "@tabler/icons-react";
import type { ProviderRow } from "../../rows";
import styles from "./ProviderCard.module.css";

export function ProviderCard({ provider }: { readonly provider: ProviderRow }) {
  return (
    <Card className={styles.card}>
      <div className={styles.head}>
        <PersonAvatar size={52} name={provider.name} />
        <div>
          <CardTitle link={{ to: "/providers/$slug", params: { slug: provider.slug } }}>{provider.name}</CardTitle>
          <p className={styles.trade}>{[provider.trade, provider.company_name].filter(Boolean).join(" · ")}</p>
        </div>
      </div>
      <p className={styles.headline}>{provider.headline}</p>
      <p className={styles.place}>
        <IconWorld size={16} aria-hidden="true" /> {sayZone(provider.timezone)}
      </p>
    </Card>
  );
}
