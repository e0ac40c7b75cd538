/**
 * The second step at sign-in: the authenticators of the account, adding one by QR code, removing one.
 */
import { Button } from "@mantine/core";
import { IconDeviceMobile, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { type Factor, removeAuthenticator, verifiedFactors } from "../../client";
import { useAction, useSession } from "../../hooks";
import { ConfirmDialog, Panel, showToast } from "../../ui";
import { say } from "../sayings";
import styles from "./account.module.css";
import { AddAuthenticator } from "./AddAuthenticator";
import { sayDay } from "./times";

export function Authenticators() {
  const factors = verifiedFactors(useSession().session);
  const [adding, setAdding] = useState(false);
  const lead =
    factors.length > 0
      ? "On: signing in asks for a code of your authenticator."
      : "Off. An app on your phone shows a code that signing in asks for, so a stolen password is not enough.";
  const action = !adding && (
    <Button variant="light" leftSection={<IconPlus size={17} aria-hidden="true" />} onClick={() => setAdding(true)}>
      Add an authenticator
    </Button>
  );
  return (
    <Panel title="Two-factor authentication" lead={lead} action={action}>
      {factors.length > 0 && (
        <ul className={styles.rows}>
          {factors.map((factor) => (
            <Authenticator key={factor.id} factor={factor} />
          ))}
        </ul>
      )}
      {adding && <AddAuthenticator isFirst={factors.length === 0} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Authenticator({ factor }: { readonly factor: Factor }) {
  const [asking, setAsking] = useState(false);
  const remove = useAction(removeAuthenticator, {
    onSuccess: () => showToast({ id: "factor", kind: "good", title: "The authenticator is removed" }),
    onError: (refusal) =>
      showToast({ id: "factor", kind: "problem", title: "It was not removed", message: say(refusal) }),
  });
  const name = factor.friendly_name ?? "Authenticator";
  return (
    <li className={styles.row}>
      <IconDeviceMobile className={styles.icon} aria-hidden="true" />
      <div className={styles.about}>
        <p className={styles.name}>{name}</p>
        <p className={styles.detail}>Added {sayDay(factor.created_at)}</p>
      </div>
      <Button variant="default" size="sm" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
        Remove
      </Button>
      <ConfirmDialog
        opened={asking}
        title={`Remove ${name}?`}
        action="Remove"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate(factor.id)}
        onClose={() => setAsking(false)}
      >
        Its codes will not count any more. Without another authenticator, your password alone is enough to sign in.
      </ConfirmDialog>
    </li>
  );
}
