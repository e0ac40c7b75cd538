/**
 * What stands at an address where nothing is, with the way back.
 */
import { Button } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import { PageHeading } from "../ui";
import styles from "./NotFoundPage.module.css";

interface Props {
  /** Where one certainly wants to go from here. */
  readonly home: { readonly link: LinkProps; readonly label: string };
}

export function NotFoundPage({ home }: Props) {
  return (
    <div className={styles.page}>
      <p className={styles.number} aria-hidden="true">
        404
      </p>
      <PageHeading lead="The link may be old, or mistyped.">There is nothing at this address</PageHeading>
      <Button size="md" variant="light" renderRoot={(props) => <Link {...home.link} {...props} />}>
        {home.label}
      </Button>
    </div>
  );
}
