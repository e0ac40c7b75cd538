/**
 * People of the demo, one click each. The server names them, and only while it runs as a demo.
 */
import { UnstyledButton } from "@mantine/core";
import { signInAs } from "../client";
import { useAction, useProject } from "../hooks";
import { Panel, PersonAvatar, showToast } from "../ui";
import styles from "./DemoUsers.module.css";
import { useGoOn } from "./navigation";
import { say } from "./sayings";

export function DemoUsers({ next }: { readonly next: string }) {
  const { demo, demoUsers = [] } = useProject().client.config;
  const goOn = useGoOn();
  const enter = useAction(signInAs, {
    onSuccess: () => goOn(next),
    onError: (refusal) =>
      showToast({ id: "sign-in", kind: "problem", title: "Signing in did not work", message: say(refusal) }),
  });
  if (!demo || demoUsers.length === 0) return null;
  return (
    <Panel title="Try the demo as" className={styles.panel}>
      <ul className={styles.users}>
        {demoUsers.map((user) => (
          <li key={user.email}>
            <UnstyledButton className={styles.user} disabled={enter.isPending} onClick={() => enter.mutate(user)}>
              <PersonAvatar size={36} name={user.label} />
              <span>
                <strong>{user.label}</strong>
                <span className={styles.email}>{user.email}</span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
