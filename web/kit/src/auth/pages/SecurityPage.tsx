/**
 * How the account is protected: its password and its second step.
 */
import { useSession } from "../../hooks";
import { PageHeading, Panel, showToast } from "../../ui";
import { NewPasswordForm } from "../NewPasswordForm";
import { Authenticators } from "./Authenticators";

export function SecurityPage() {
  const { user } = useSession();
  if (user === null) return null;
  const changed = (): void =>
    showToast({
      id: "password",
      kind: "good",
      title: "Your password is changed",
      message: "Other devices were signed out.",
    });
  return (
    <>
      <PageHeading lead="How you prove that it is you.">Security</PageHeading>
      <Panel title="Password" lead="Changing it signs out all your other devices.">
        <div style={{ maxWidth: 480 }}>
          <NewPasswordForm action="Change the password" onDone={changed} />
        </div>
      </Panel>
      <Authenticators />
    </>
  );
}
