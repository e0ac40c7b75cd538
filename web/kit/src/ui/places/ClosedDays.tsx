/**
 * The days on which a place stays closed, and why: the rows of the kit's table `closed_days`, without those that are over.
 */
import { TextInput } from "@mantine/core";
import { insertRows } from "../../client";
import { useForm, useTableRows } from "../../hooks";
import { dayIn, sayDays } from "../../time";
import { FieldRow, Form, FormFoot, SubmitButton } from "../FormParts";
import { Item, ItemList } from "../ItemList";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { RemoveButton } from "../RemoveButton";
import type { Place } from "./place";

interface Row {
  readonly id: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly reason: string;
}

interface Props {
  readonly place: Place;
  readonly mayChange: boolean;
}

export function ClosedDays({ place, mayChange }: Props) {
  const { rows, error, reload } = useTableRows<Row>({ table: "closed_days", of: place });
  const today = dayIn(new Date(), place.timezone);
  return (
    <Panel title="Closed days" lead="Holidays, works: nobody can book then. Existing bookings stay.">
      <Loaded
        what="closed days"
        value={rows && comingOf(rows, today)}
        error={error}
        reload={reload}
        count={2}
        empty={NONE}
      >
        {(coming) => (
          <ItemList>
            {coming.map(({ id, first_day, last_day, reason }) => {
              const days = sayDays(first_day, last_day);
              const remove = <RemoveButton table="closed_days" id={id} label={`Be open: ${days}`} />;
              return <Item key={id} title={days} details={[reason]} action={mayChange && remove} />;
            })}
          </ItemList>
        )}
      </Loaded>
      {mayChange && <NewDays place={place} today={today} />}
    </Panel>
  );
}

const NONE = <p>None is planned.</p>;

/** Leave out what is over on that day; the soonest first. Pure. */
export function comingOf<Days extends Pick<Row, "first_day" | "last_day">>(
  rows: readonly Days[],
  today: string,
): readonly Days[] {
  return rows.filter(({ last_day }) => last_day >= today).toSorted((a, b) => a.first_day.localeCompare(b.first_day));
}

function NewDays({ place, today }: { readonly place: Place; readonly today: string }) {
  const { column, id, organisation_id } = place;
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { first_day: "", last_day: "", reason: "" },
    validate: {
      first_day: (day) => (day >= today ? null : "Choose a day from today on."),
      last_day: (day, { first_day }) => (day === "" || day >= first_day ? null : "It ends after it begins."),
    },
    send: (client, { first_day, last_day, reason }) => {
      const days = { first_day, last_day: last_day || first_day, reason };
      return insertRows(client, "closed_days", { ...days, [column]: id, organisation_id });
    },
    onDone: () => form.reset(),
    say: ({ message }) => `That did not work. ${message}`,
  });
  return (
    <Form problem={problem} onSubmit={onSubmit}>
      <FieldRow>
        <TextInput type="date" label="First day" min={today} {...form.getInputProps("first_day")} />
        <TextInput type="date" label="Last day" description="Empty: one day" {...form.getInputProps("last_day")} />
      </FieldRow>
      <TextInput label="Reason" maxLength={200} {...form.getInputProps("reason")} />
      <FormFoot>
        <SubmitButton isPending={isPending} variant="default">
          Close on these days
        </SubmitButton>
      </FormFoot>
    </Form>
  );
}
