/**
 * Where a recovery leads: choosing a new password, signed in by the mail.
 */
import { useSession } from "../../hooks";
import { LoadingState, showToast } from "../../ui";
import { AuthCard } from "../AuthCard";
import { PageLink, useGoOn, useNext } from "../navigation";
import { NewPasswordForm } from "../NewPasswordForm";
import { PATHS } from "../paths";

export function SetPasswordPage() {
  const { user, isLoading, hasAccount } = useSession();
  const next = useNext();
  const goOn = useGoOn();
  if (isLoading) return <LoadingState label="Loading" count={1} height={320} />;
  if (!hasAccount) {
    const footer = <PageLink to={PATHS.forgotPassword}>Ask for an email</PageLink>;
    return (
      <AuthCard title="Choose a new password" lead="Follow the link of your email to come here." footer={footer} />
    );
  }
  const done = (): void => {
    showToast({
      id: "password",
      kind: "good",
      title: "Your password is set",
      message: "Other devices were signed out.",
    });
    goOn(next);
  };
  return (
    <AuthCard title="Choose a new password" lead={`for ${user?.email ?? "your account"}`}>
      <NewPasswordForm action="Set the password" onDone={done} />
    </AuthCard>
  );
}
