/**
 * One library in the list: how many seats are free in this moment, what they cost, whether it is open. The whole card is
 * its link.
 */
import {
  AvailabilityBadge,
  AverageStars,
  Card,
  CardTitle,
  FlashNumber,
  levelOf,
  openness,
  Updated,
} from "@millstream/kit/ui";
import { IconClock, IconMapPin } from "@tabler/icons-react";
import type { LibraryRow } from "../../rows";
import { money } from "../money";
import styles from "./LibraryCard.module.css";
import type { Occupancy } from "./useOccupancy";

interface Props {
  readonly library: LibraryRow;
  readonly occupancy: Occupancy | undefined;
  readonly isPriceNews: boolean;
  readonly now: number;
}

export function LibraryCard({ library, occupancy, isPriceNews, now }: Props) {
  const { slug, name, city, address, colour, amenities, rating_average, rating_count, timezone } = library;
  return (
    <Card className={styles.card}>
      <div
        className={styles.cover}
        style={{ backgroundColor: `var(--mantine-color-${colour}-6)` }}
        aria-hidden="true"
      />
      <div className={styles.head}>
        <CardTitle link={{ to: "/libraries/$slug", params: { slug } }}>{name}</CardTitle>
        <AverageStars average={rating_average} count={rating_count} />
      </div>
      <p className={styles.fact}>
        <IconMapPin size={16} aria-hidden="true" /> {[address, city].filter(Boolean).join(", ")}
      </p>
      {occupancy && (
        <p className={styles.fact}>
          <IconClock size={16} aria-hidden="true" /> {openness(occupancy, timezone, now).saying}
        </p>
      )}
      {amenities.length > 0 && <p className={styles.amenities}>{amenities.join(" · ")}</p>}
      {occupancy && <Foot occupancy={occupancy} isPriceNews={isPriceNews} />}
    </Card>
  );
}

function Foot({ occupancy, isPriceNews }: { readonly occupancy: Occupancy; readonly isPriceNews: boolean }) {
  const { seats, free_now, open_now, from_price, currency } = occupancy;
  return (
    <div className={styles.foot}>
      {open_now ? (
        <AvailabilityBadge level={levelOf(free_now, seats)}>
          <FlashNumber value={free_now} /> of {seats} free
        </AvailabilityBadge>
      ) : (
        <span className={styles.soft}>{seats} seats</span>
      )}
      {from_price !== null && (
        <span className={styles.price}>
          {isPriceNews && <Updated />}
          <span>
            from{" "}
            <strong>
              <FlashNumber value={from_price} format={(amount) => money(amount, currency)} />
            </strong>{" "}
            an hour
          </span>
        </span>
      )}
    </div>
  );
}
