/**
 * What each page of a platform's administrators has: its heading, and the word for those who are none.
 */
import type { ReactNode } from "react";
import { useIsAdministrator, useProject, useSession } from "../../hooks";
import { EmptyState, Loaded, PageHeading } from "../../ui";
import { SignInFirst } from "./OfficePage";
import styles from "./OfficePage.module.css";

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

export function AdministratorPage({ title, lead, children }: Props) {
  const { isAdministrator, error, reload } = useIsAdministrator();
  return (
    <div className={styles.page}>
      <PageHeading lead={lead}>{title}</PageHeading>
      <Loaded what="rights" value={isAdministrator} error={error} reload={reload} count={1} height={400}>
        {(isOne) => (isOne ? <div className={styles.parts}>{children}</div> : <Stranger />)}
      </Loaded>
    </div>
  );
}

function Stranger() {
  const { config } = useProject().client;
  const { hasAccount } = useSession();
  const title = `This is for administrators of ${config.title}`;
  return hasAccount ? <EmptyState title={title}>You are none.</EmptyState> : <SignInFirst title={title} />;
}
