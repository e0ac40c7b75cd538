/**
 * What stands in place of a page that could not be shown, such as after an update of the site under an open page.
 */
import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { PageHeading } from "../ui";
import styles from "./NotFoundPage.module.css";

export function FailedPage({ error }: ErrorComponentProps) {
  return (
    <div className={styles.page} role="alert">
      <PageHeading lead="Loading it again mostly helps. Nothing that you did is lost.">This page broke</PageHeading>
      <p className={styles.reason}>{error instanceof Error ? error.message : String(error)}</p>
      <Button size="md" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </div>
  );
}
