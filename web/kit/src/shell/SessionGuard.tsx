/**
 * Keeps a page to whoever may use it: a session that waits for its second step sees nothing else, and one that was ended
 * elsewhere is told so and signed out.
 */
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { needsSecondFactor, watchForEnd } from "../client";
import { useProject, useSession } from "../hooks";
import { LoadingState, showToast } from "../ui";

const SecondFactorPage = lazy(async () => ({ default: (await import("../auth/SecondFactorPage")).SecondFactorPage }));

export function SessionGuard({ children }: { readonly children: ReactNode }) {
  const { session } = useSession();
  useEndOfSession();
  if (!needsSecondFactor(session)) return children;
  return (
    <Suspense fallback={<LoadingState label="Loading" count={1} height={300} />}>
      <SecondFactorPage />
    </Suspense>
  );
}

/** Watch the session of an account; those of guests are known to their own browser alone. */
function useEndOfSession(): void {
  const { client } = useProject();
  const { user, hasAccount } = useSession();
  const watched = hasAccount ? user?.id : undefined;
  useEffect(() => {
    if (watched === undefined) return;
    return watchForEnd(client, watched, () => {
      const message = "Your session was ended from another device, or by a new password.";
      showToast({ id: "session-ended", kind: "warning", title: "You were signed out", message });
    });
  }, [client, watched]);
}
