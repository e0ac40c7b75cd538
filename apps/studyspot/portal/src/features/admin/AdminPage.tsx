/**
 * What each page of the administrators' portal has: a heading, and the word for those who are none.
 */
import { Button } from "@mantine/core";
import { linkTo, PATHS, useHere } from "@millstream/kit/auth";
import { unwrap } from "@millstream/kit/client";
import { useProject, useSession } from "@millstream/kit/hooks";
import { EmptyState, Loaded, PageHeading } from "@millstream/kit/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "../owner/OwnerPage.module.css";

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

export function AdminPage({ title, lead, children }: Props) {
  const { isAdministrator, error, reload } = useIsAdministrator();
  return (
    <div className={styles.page}>
      <PageHeading lead={lead}>{title}</PageHeading>
      <Loaded what="rights" value={isAdministrator} error={error} reload={reload} count={1} height={400}>
        {(isOne) => (isOne ? children : <Stranger />)}
      </Loaded>
    </div>
  );
}

function Stranger() {
  const { hasAccount } = useSession();
  const here = useHere();
  if (hasAccount) return <EmptyState title="This is for administrators of StudySpot">You are none.</EmptyState>;
  return (
    <EmptyState title="This is for administrators of StudySpot">
      <Button renderRoot={(props) => <Link {...linkTo(PATHS.signIn, here)} {...props} />}>Sign in</Button>
    </EmptyState>
  );
}

function useIsAdministrator() {
  const { client } = useProject();
  const { user, hasAccount, isLoading } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ["is_administrator", user?.id],
    enabled: hasAccount,
    queryFn: async () => unwrap(await client.supabase.rpc("is_administrator").overrideTypes<boolean>()),
  });
  const isAdministrator = isLoading ? undefined : hasAccount ? data : false;
  return { isAdministrator, error, reload: () => void refetch() };
}
