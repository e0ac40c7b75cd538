/**
 * What a page for strangers says to somebody who is signed in.
 */
import { Button } from "@mantine/core";
import { useSession } from "../../hooks";
import { AuthCard } from "../AuthCard";
import { useGoOn } from "../navigation";

export function SignedInAlready({ next }: { readonly next: string }) {
  const { user, signOut } = useSession();
  const goOn = useGoOn();
  return (
    <AuthCard title="You are signed in" lead={`as ${user?.email ?? "somebody"}`}>
      <Button size="md" onClick={() => goOn(next)}>
        Continue
      </Button>
      <Button size="md" variant="default" onClick={() => void signOut()}>
        Sign out, use another account
      </Button>
    </AuthCard>
  );
}
