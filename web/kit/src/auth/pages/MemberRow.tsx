/**
 * One member: who, in which role; changing the role and removing, for those who may.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeRole, type Member, type Organisation, type OrganisationRole, removeMember } from "../../client";
import { useAction } from "../../hooks";
import { ConfirmDialog, PersonAvatar, showToast } from "../../ui";
import { ROLE_NAMES, rolesToGive } from "../roles";
import { say } from "../sayings";
import styles from "./account.module.css";

interface Props {
  readonly member: Member;
  readonly organisation: Organisation;
  readonly isMe: boolean;
}

export function MemberRow({ member, organisation, isMe }: Props) {
  const name = member.name || (member.email ?? "Somebody");
  const roles = rolesToGive(organisation.role);
  const mayChange = roles.includes(member.role);
  return (
    <li className={styles.row}>
      <PersonAvatar size={40} name={name} />
      <div className={styles.about}>
        <p className={styles.name}>
          {name}
          {isMe && <span className={styles.tag}>You</span>}
        </p>
        {member.name !== "" && <p className={styles.detail}>{member.email}</p>}
      </div>
      <div className={styles.actions}>
        {mayChange ? (
          <RoleChoice member={member} organisation={organisation} name={name} roles={roles} />
        ) : (
          <span className={styles.detail}>{ROLE_NAMES[member.role]}</span>
        )}
        {(mayChange || isMe) && <RemoveButton member={member} organisation={organisation} name={name} isMe={isMe} />}
      </div>
    </li>
  );
}

interface ChoiceProps extends Omit<Props, "isMe"> {
  readonly name: string;
  readonly roles: readonly OrganisationRole[];
}

function RoleChoice({ member, organisation, name, roles }: ChoiceProps) {
  const queryClient = useQueryClient();
  const change = useAction(
    (client, role: OrganisationRole) => changeRole(client, organisation.id, member.user_id, role),
    {
      onSuccess: (_, role) => {
        void queryClient.invalidateQueries({ queryKey: ["auth"] });
        showToast({ id: "member", kind: "good", title: `${name}: ${ROLE_NAMES[role].toLowerCase()}` });
      },
      onError: (refusal) =>
        showToast({ id: "member", kind: "problem", title: "The role was not changed", message: say(refusal) }),
    },
  );
  return (
    <NativeSelect
      aria-label={`Role of ${name}`}
      data={roles.map((role) => ({ value: role, label: ROLE_NAMES[role] }))}
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.value as OrganisationRole)}
    />
  );
}

function RemoveButton({ member, organisation, name, isMe }: Props & { readonly name: string }) {
  const [asking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const remove = useAction<undefined, unknown>((client) => removeMember(client, organisation.id, member.user_id), {
    onSuccess: () => {
      setAsking(false);
      void queryClient.invalidateQueries({ queryKey: ["auth"] });
      showToast({ id: "member", kind: "good", title: isMe ? `You left ${organisation.name}` : `${name} is removed` });
    },
    onError: (refusal) => {
      setAsking(false);
      showToast({ id: "member", kind: "problem", title: "Nothing was changed", message: say(refusal) });
    },
  });
  const verb = isMe ? "Leave" : "Remove";
  return (
    <>
      <Button
        variant="default"
        size="sm"
        aria-label={isMe ? `Leave ${organisation.name}` : `Remove ${name}`}
        onClick={() => setAsking(true)}
      >
        {verb}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={isMe ? `Leave ${organisation.name}?` : `Remove ${name}?`}
        action={verb}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setAsking(false)}
      >
        {isMe
          ? "You will see nothing of it any more. Only somebody who stays can invite you again."
          : `${name} sees nothing of ${organisation.name} any more, at once and on all devices.`}
      </ConfirmDialog>
    </>
  );
}
