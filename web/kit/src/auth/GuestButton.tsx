/**
 * Going on without an account, where the project admits guests; not for somebody who is one already.
 */
import { Button } from "@mantine/core";
import { ensureSession } from "../client";
import { useAction, useAuthSettings, useSession } from "../hooks";
import { showToast } from "../ui";
import { useGoOn } from "./navigation";
import { say } from "./sayings";

export function GuestButton({ next }: { readonly next: string }) {
  const settings = useAuthSettings();
  const { user } = useSession();
  const goOn = useGoOn();
  const enter = useAction<undefined, unknown>((client) => ensureSession(client), {
    onSuccess: () => goOn(next),
    onError: (refusal) =>
      showToast({ id: "sign-in", kind: "problem", title: "Signing in did not work", message: say(refusal) }),
  });
  if (!settings?.guests || user !== null) return null;
  return (
    <Button variant="subtle" loading={enter.isPending} onClick={() => enter.mutate(undefined)}>
      Continue as a guest
    </Button>
  );
}
