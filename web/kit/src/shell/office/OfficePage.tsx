/**
 * What each page of those who work for an organisation has: its heading, and what belongs to the organisation that the
 * portal is used for; those who work for none are told what to do.
 */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { linkTo, PATHS, useHere } from "../../auth";
import type { Organisation } from "../../client";
import { useOrganisations, useSession } from "../../hooks";
import { EmptyState, Loaded, PageHeading } from "../../ui";
import styles from "./OfficePage.module.css";

interface Props {
  readonly title: string;
  readonly lead: string;
  /** Stands beside the heading: the choice of what the page is about. */
  readonly beside?: (organisation: Organisation) => ReactNode;
  /** Made anew for each organisation. */
  readonly children: (organisation: Organisation) => ReactNode;
}

export function OfficePage({ title, lead, beside, children }: Props) {
  const { current } = useOrganisations();
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <PageHeading lead={lead}>{title}</PageHeading>
        {current && beside?.(current)}
      </div>
      {current ? (
        <div key={current.id} className={styles.parts}>
          {children(current)}
        </div>
      ) : (
        <WithoutOrganisation />
      )}
    </div>
  );
}

function WithoutOrganisation() {
  const { organisations, error, reload } = useOrganisations();
  const { hasAccount, isLoading } = useSession();
  if (!hasAccount && !isLoading) return <SignInFirst title="This is for those who work here" />;
  return (
    <Loaded what="organisations" value={organisations} error={error} reload={reload} count={1} height={400}>
      {() => (
        <EmptyState title="You belong to no organisation">Ask the people who run it for an invitation.</EmptyState>
      )}
    </Loaded>
  );
}

/** Says whom a page is for, and leads to the sign-in page and back. */
export function SignInFirst({ title }: { readonly title: string }) {
  const here = useHere();
  return (
    <EmptyState title={title}>
      <Button renderRoot={(props) => <Link {...linkTo(PATHS.signIn, here)} {...props} />}>Sign in</Button>
    </EmptyState>
  );
}

/** Say whether somebody also changes what others who work there only see. Pure. */
export function mayManage({ role }: Pick<Organisation, "role">): boolean {
  return role === "owner" || role === "manager";
}
