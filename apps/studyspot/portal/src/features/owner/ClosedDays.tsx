/**
 * The days on which a library stays closed, and why; those that are over are left out.
 */
import { ActionIcon, Group, TextInput } from "@mantine/core";
import { database, unwrap } from "@millstream/kit/client";
import { useAction, useForm } from "@millstream/kit/hooks";
import { FormProblem, Loaded, Panel, showToast, SubmitButton } from "@millstream/kit/ui";
import { dayIn, sayDay } from "@millstream/kit/time";
import { IconTrash } from "@tabler/icons-react";
import type { Database } from "../../database.types";
import type { ClosedDayRow, LibraryRow } from "../../rows";
import { useLibraryRows } from "../useLibraryRows";
import styles from "./OwnerPage.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function ClosedDays({ library, mayChange }: Props) {
  const { rows, error, reload } = useLibraryRows("closed_days", library.id);
  const remove = useAction(
    async (client, id: string) =>
      unwrap(await database<Database>(client).from("closed_days").delete().eq("id", id).select("id")),
    { onError: ({ message }) => showToast({ id: "closed", kind: "problem", title: "That did not work", message }) },
  );
  const today = dayIn(new Date(), library.timezone);
  const coming = rows?.filter(({ last_day }) => last_day >= today).toSorted(soonestFirst);
  return (
    <Panel title="Closed days" lead="Holidays, exams, works: nobody can book then. Existing bookings stay.">
      <Loaded what="closed days" value={coming} error={error} reload={reload} count={2} height={40} empty={NONE}>
        {(days) => (
          <ul className={styles.list}>
            {days.map((row) => (
              <li key={row.id}>
                <div className={styles.grow}>
                  {sayDays(row)}
                  {row.reason !== "" && <p className={styles.soft}>{row.reason}</p>}
                </div>
                {mayChange && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Be open: ${sayDays(row)}`}
                    loading={remove.isPending && remove.variables === row.id}
                    onClick={() => remove.mutate(row.id)}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {mayChange && <NewDays library={library} today={today} />}
    </Panel>
  );
}

const NONE = <p className={styles.soft}>None is planned.</p>;

function soonestFirst(a: ClosedDayRow, b: ClosedDayRow): number {
  return a.first_day.localeCompare(b.first_day);
}

/** Write `Thu, 24 December – Sat, 26 December`. Pure. */
export function sayDays({ first_day, last_day }: Pick<ClosedDayRow, "first_day" | "last_day">): string {
  const [first, last] = [sayDay(first_day, "UTC"), sayDay(last_day, "UTC")];
  return first === last ? first : `${first} – ${last}`;
}

function NewDays({ library, today }: { readonly library: LibraryRow; readonly today: string }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { first_day: "", last_day: "", reason: "" },
    validate: {
      first_day: (day) => (day >= today ? null : "Choose a day from today on."),
      last_day: (day, { first_day }) => (day === "" || day >= first_day ? null : "It ends after it begins."),
    },
    send: async (client, { first_day, last_day, reason }) => {
      const row = { library_id: library.id, organisation_id: library.organisation_id, first_day, reason };
      const days = { ...row, last_day: last_day || first_day };
      return unwrap(await database<Database>(client).from("closed_days").insert(days).select("id"));
    },
    onDone: () => form.reset(),
    say: ({ message }) => `That did not work. ${message}`,
  });
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <FormProblem>{problem}</FormProblem>
      <div className={styles.pair}>
        <TextInput type="date" label="First day" min={today} {...form.getInputProps("first_day")} />
        <TextInput type="date" label="Last day" description="Empty: one day" {...form.getInputProps("last_day")} />
      </div>
      <TextInput label="Reason" maxLength={200} {...form.getInputProps("reason")} />
      <Group justify="flex-end">
        <SubmitButton isPending={isPending} variant="default">
          Close on these days
        </SubmitButton>
      </Group>
    </form>
  );
}
