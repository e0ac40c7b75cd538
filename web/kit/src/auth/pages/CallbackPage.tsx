/**
 * Where links of mails and identity providers come back to: finishes what they began, once, and goes on.
 */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { enterOffered, finishLink, type LinkOutcome, type OfferedSession, type RequestFailed } from "../../client";
import { useAction, useProject } from "../../hooks";
import { FormProblem, LoadingState } from "../../ui";
import { AuthCard } from "../AuthCard";
import { PageLink, useGoOn, useNext } from "../navigation";
import { PATHS } from "../paths";
import { say } from "../sayings";

export function CallbackPage() {
  const { client } = useProject();
  // The address as it was when the page opened: what it brought is taken out of it at once.
  const [url] = useState(() => new URL(location.href));
  const wanted = useNext();
  const [next] = useState(wanted);
  const goOn = useGoOn();
  const { data, error } = useQuery<LinkOutcome, RequestFailed>({
    queryKey: ["auth", "link", url.href],
    queryFn: () => finishLink(client, url),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const signedIn = data?.kind === "signed-in";
  const leave = useEffectEvent(() => goOn(next));
  useEffect(
    () => history.replaceState(history.state, "", `${url.pathname}?next=${encodeURIComponent(next)}`),
    [url, next],
  );
  useEffect(() => {
    if (signedIn) leave();
  }, [signedIn]);
  if (error) return <Failed refusal={error} />;
  if (data?.kind === "offered") return <Offered session={data.session} onIn={() => goOn(next)} />;
  if (data?.kind === "message") return <HalfDone />;
  return (
    <AuthCard title="One moment">
      <LoadingState label="Finishing what the link began" count={1} height={60} />
    </AuthCard>
  );
}

function Failed({ refusal }: { readonly refusal: RequestFailed }) {
  const footer = (
    <>
      Forgot your password? <PageLink to={PATHS.forgotPassword}>Ask for an email</PageLink>
    </>
  );
  return (
    <AuthCard title="This link does not count" footer={footer}>
      <FormProblem>{say(refusal)}</FormProblem>
      <PageLink to={PATHS.signIn} fw={600}>
        Sign in
      </PageLink>
    </AuthCard>
  );
}

function HalfDone() {
  return (
    <AuthCard
      title="One of two is done"
      lead="This address is confirmed. Follow the link that we sent to your other address, too; then the change counts."
    >
      <PageLink to={PATHS.profile} fw={600}>
        To your profile
      </PageLink>
    </AuthCard>
  );
}

function Offered({ session, onIn }: { readonly session: OfferedSession; readonly onIn: () => void }) {
  const enter = useAction(enterOffered, { onSuccess: onIn });
  return (
    <AuthCard title="Welcome" lead={`This link signs you in as ${session.email}.`}>
      <FormProblem>{enter.error ? say(enter.error) : null}</FormProblem>
      <Button size="md" loading={enter.isPending} onClick={() => enter.mutate(session)}>
        Continue as {session.email}
      </Button>
    </AuthCard>
  );
}
