/**
 * People of the demo, one click each. The server names them, and only while it runs as a demo.
 */
import { Avatar, UnstyledButton } from "@mantine/core";
import { signInAs } from "../client";
import { useAction, useProject } from "../hooks";
import { Panel, showToast } from "../ui";
import styles from "./DemoUsers.module.css";
import { initialsOf } from "./names";
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
              <Avatar size={36} color="brand" aria-hidden="true">
                {initialsOf(user.label)}
              </Avatar>
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
