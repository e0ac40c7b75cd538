/**
 * What each page of the owners' portal has: heading, the choice of the library, whether it is live; strangers are told
 * what to do, and those whose library students cannot see yet, why.
 */
import { Alert, Button, Select } from "@mantine/core";
import { linkTo, PATHS, useHere } from "@millstream/kit/auth";
import type { Organisation } from "@millstream/kit/client";
import { useOrganisations, useSession } from "@millstream/kit/hooks";
import { EmptyState, Loaded, PageHeading } from "@millstream/kit/ui";
import { IconHourglass } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LibraryRow } from "../../rows";
import styles from "./OwnerPage.module.css";
import { useOwnLibraries } from "./useOwnLibraries";

export interface Shown {
  readonly library: LibraryRow;
  readonly organisation: Organisation;
  /** Owners and managers change what staff only see. */
  readonly mayManage: boolean;
}

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly children: (shown: Shown) => ReactNode;
}

export function OwnerPage({ title, lead, children }: Props) {
  const { current } = useOrganisations();
  const heading = <PageHeading lead={lead}>{title}</PageHeading>;
  return (
    <div className={styles.page}>
      {current ? (
        <OfOrganisation organisation={current} heading={heading}>
          {children}
        </OfOrganisation>
      ) : (
        <>
          {heading}
          <WithoutOrganisation />
        </>
      )}
    </div>
  );
}

function WithoutOrganisation() {
  const { organisations, error, reload } = useOrganisations();
  const { hasAccount, isLoading } = useSession();
  if (!hasAccount && !isLoading) return <SignIn />;
  return (
    <Loaded what="organisations" value={organisations} error={error} reload={reload} count={1} height={400}>
      {() => <EmptyState title="You work for no library">Ask the people who run it for an invitation.</EmptyState>}
    </Loaded>
  );
}

function SignIn() {
  const here = useHere();
  return (
    <EmptyState title="This is for those who run a library">
      <Button renderRoot={(props) => <Link {...linkTo(PATHS.signIn, here)} {...props} />}>Sign in</Button>
    </EmptyState>
  );
}

interface OfOrganisationProps {
  readonly organisation: Organisation;
  readonly heading: ReactNode;
  readonly children: (shown: Shown) => ReactNode;
}

function OfOrganisation({ organisation, heading, children }: OfOrganisationProps) {
  const { libraries, current, choose, error, reload } = useOwnLibraries(organisation.id);
  return (
    <>
      <div className={styles.head}>
        {heading}
        {libraries && libraries.length > 1 && current && (
          <Select
            aria-label="Library"
            data={libraries.map(({ id, name }) => ({ value: id, label: name }))}
            value={current.id}
            onChange={(id) => id !== null && choose(id)}
            allowDeselect={false}
          />
        )}
      </div>
      <Loaded
        what="libraries"
        value={libraries}
        error={error}
        reload={reload}
        count={1}
        height={400}
        empty={NO_LIBRARY}
      >
        {() =>
          current && (
            <>
              <Standing library={current} />
              {children({ library: current, organisation, mayManage: mayManage(organisation) })}
            </>
          )
        }
      </Loaded>
    </>
  );
}

const NO_LIBRARY = (
  <EmptyState title="No library yet">The operator of StudySpot makes one for your organisation.</EmptyState>
);

function Standing({ library: { status } }: { readonly library: LibraryRow }) {
  if (status === "approved") return null;
  const isPending = status === "pending";
  return (
    <Alert
      color={isPending ? "yellow" : "red"}
      icon={<IconHourglass aria-hidden="true" />}
      title={isPending ? "This library waits for approval" : "This library is suspended"}
    >
      {isPending
        ? "Students will see it as soon as an administrator approves it. You can prepare everything now."
        : "Students do not see it. Ask an administrator of StudySpot."}
    </Alert>
  );
}

export function mayManage({ role }: Pick<Organisation, "role">): boolean {
  return role === "owner" || role === "manager";
}
