/**
 * What stands in place of every page until a session of an account with a second factor was raised by it.
 */
import { Button } from "@mantine/core";
import { useSession } from "../hooks";
import { AuthCard } from "./AuthCard";
import { SecondFactorForm } from "./SecondFactorForm";

export function SecondFactorPage() {
  const { user, signOut } = useSession();
  return (
    <AuthCard
      title="Confirm that it is you"
      lead={`${user?.email ?? "Your account"} is protected by two-factor authentication.`}
    >
      <SecondFactorForm />
      <Button variant="subtle" onClick={() => void signOut()}>
        Sign out
      </Button>
    </AuthCard>
  );
}
