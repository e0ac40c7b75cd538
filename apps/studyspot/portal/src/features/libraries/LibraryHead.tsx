/**
 * What a library is, above its plan.
 */
import { AverageStars, openness, PageHeading } from "@millstream/kit/ui";
import { IconClock, IconMapPin, IconPhone } from "@tabler/icons-react";
import type { LibraryRow } from "../../rows";
import styles from "./LibraryHead.module.css";
import type { Occupancy } from "./useOccupancy";

interface Props {
  readonly library: LibraryRow;
  readonly occupancy: Occupancy | undefined;
  readonly now: number;
}

export function LibraryHead({ library, occupancy, now }: Props) {
  const { name, city, address, phone, description, amenities, rating_average, rating_count, timezone } = library;
  return (
    <header>
      <PageHeading>{name}</PageHeading>
      <ul className={styles.facts}>
        <li>
          <IconMapPin size={17} aria-hidden="true" /> {[address, city].filter(Boolean).join(", ")}
        </li>
        {occupancy && (
          <li>
            <IconClock size={17} aria-hidden="true" /> {openness(occupancy, timezone, now).saying}
          </li>
        )}
        {phone !== "" && (
          <li>
            <IconPhone size={17} aria-hidden="true" /> <a href={`tel:${phone.replaceAll(" ", "")}`}>{phone}</a>
          </li>
        )}
        <li>
          <AverageStars average={rating_average} count={rating_count} />
        </li>
      </ul>
      {description !== "" && <p className={styles.description}>{description}</p>}
      {amenities.length > 0 && <p className={styles.amenities}>{amenities.join(" · ")}</p>}
    </header>
  );
}
