/**
 * Where one is signed in, and ending what one does not know: the pages of an ended session hear of it at once.
 */
import { Button } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endOtherSessions, endSession, listSessions, type OpenSession } from "../../client";
import { useAction, useProject } from "../../hooks";
import { ConfirmDialog, ErrorState, LoadingState, PageHeading, Panel, showToast } from "../../ui";
import { describeDevice } from "../device";
import { say } from "../sayings";
import styles from "./account.module.css";
import { sayAgo, sayMoment } from "./times";

const QUERY_KEY = ["auth", "sessions"];
const REFRESH_MS = 30_000;

export function SessionsPage() {
  const { client } = useProject();
  const { data, error, refetch } = useQuery({
    queryKey: QUERY_KEY,
    queryFn: () => listSessions(client),
    staleTime: 0,
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHeading lead="Every device on which you are signed in.">Sessions</PageHeading>
      {data && <SessionList sessions={data} />}
      {!data && error && (
        <ErrorState title="The list could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && <LoadingState label="Loading your sessions" count={2} height={90} />}
    </>
  );
}

function SessionList({ sessions }: { readonly sessions: readonly OpenSession[] }) {
  const [asking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const others = sessions.length - 1;
  const endOthers = useAction<undefined, unknown>((client) => endOtherSessions(client), {
    onSuccess: () => {
      setAsking(false);
      void queryClient.invalidateQueries({ queryKey: QUERY_KEY });
      showToast({ id: "sessions", kind: "good", title: "All other devices are signed out" });
    },
    onError: (refusal) =>
      showToast({ id: "sessions", kind: "problem", title: "They were not signed out", message: say(refusal) }),
  });
  const action = others > 0 && (
    <Button variant="light" color="red" onClick={() => setAsking(true)}>
      Sign out all others
    </Button>
  );
  return (
    <Panel title={others === 0 ? "This device alone" : `${sessions.length} devices`} action={action}>
      <ul className={styles.rows}>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <ConfirmDialog
        opened={asking}
        title="Sign out all other devices?"
        action="Sign them out"
        isPending={endOthers.isPending}
        onConfirm={() => endOthers.mutate(undefined)}
        onClose={() => setAsking(false)}
      >
        Whoever uses your account on {others === 1 ? "the other device" : `the ${others} other devices`} has to sign in
        again. This device stays signed in.
      </ConfirmDialog>
    </Panel>
  );
}

function SessionRow({ session }: { readonly session: OpenSession }) {
  const { client } = useProject();
  const queryClient = useQueryClient();
  const { name, isPhone } = describeDevice(session.user_agent);
  const end = useAction(endSession, {
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: QUERY_KEY });
      showToast({ id: "sessions", kind: "good", title: `${name} is signed out` });
    },
    onError: (refusal) =>
      showToast({ id: "sessions", kind: "problem", title: "It was not signed out", message: say(refusal) }),
  });
  const Sign = isPhone ? IconDeviceMobile : IconDeviceDesktop;
  const details = [`Signed in ${sayMoment(session.created_at)}`, session.ip, session.aal === "aal2" && "two-factor"];
  return (
    <li className={styles.row}>
      <Sign className={styles.icon} aria-hidden="true" />
      <div className={styles.about}>
        <p className={styles.name}>
          {name}
          {session.current && <span className={styles.tag}>This device</span>}
        </p>
        <p className={styles.detail}>{details.filter(Boolean).join(" · ")}</p>
        {!session.current && <p className={styles.detail}>Last active {sayAgo(session.refreshed_at, client.now())}</p>}
      </div>
      {!session.current && (
        <Button
          variant="default"
          size="sm"
          aria-label={`Sign out ${name}`}
          loading={end.isPending}
          onClick={() => end.mutate(session.id)}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
