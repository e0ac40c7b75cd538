/**
 * What students read of a library, and by which rules its seats are booked. What a colleague changes meanwhile merges;
 * where both changed the same, both are shown and one is chosen.
 */
import { Group, NumberInput, TagsInput, Textarea, TextInput } from "@mantine/core";
import { database, RequestFailed, unwrap } from "@millstream/kit/client";
import {
  ConflictDialog,
  FormProblem,
  Panel,
  showToast,
  SubmitButton,
  type UseVersionedForm,
  useVersionedForm,
} from "@millstream/kit/ui";
import type { Database } from "../../database.types";
import type { LibraryRow } from "../../rows";
import { sayRefusal } from "../booking/refusals";
import styles from "./OwnerPage.module.css";

const TEXTS = { name: "Name", city: "City", address: "Address", phone: "Telephone" } as const;
const LIMITS = {
  hold_minutes: "Minutes a seat is held",
  slot_minutes: "Steps of time, in minutes",
  min_minutes: "Shortest booking, in minutes",
  max_minutes: "Longest booking, in minutes",
  daily_minutes: "A student's minutes a day",
  horizon_days: "Days ahead",
  check_in_early_minutes: "Check-in opens, minutes before",
  grace_minutes: "Seat is kept, minutes after the start",
} as const;

type Values = Pick<LibraryRow, keyof typeof TEXTS | keyof typeof LIMITS | "description" | "amenities">;
type Field = keyof Values;

const LABELS: Readonly<Record<Field, string>> = {
  ...TEXTS,
  ...LIMITS,
  description: "Description",
  amenities: "What there is",
};
const FIELDS = Object.keys(LABELS) as Field[];

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function LibraryDetails({ library, mayChange }: Props) {
  const { form, isPending, problem, onSubmit, conflict } = useVersionedForm<Values, LibraryRow>({
    actual: { values: valuesOf(library), version: library.version },
    validate: {
      name: (value) => (value.trim() === "" ? "Students find the library by its name." : null),
      city: (value) => (value.trim() === "" ? "Students look for libraries by city." : null),
    },
    send: async (client, values, version) => {
      const table = database<Database>(client).from("libraries");
      const changed = unwrap(await table.update(values).eq("id", library.id).eq("version", version).select());
      if (!changed[0]) throw new RequestFailed("Somebody else changed the library.", "edit_conflict", 412);
      return changed[0];
    },
    say: (failed) => sayRefusal(failed, library.timezone),
    onDone: () =>
      showToast({ id: "library", kind: "good", title: "Done!", message: "Students see it so from now on." }),
  });
  return (
    <Panel title="Details" lead={mayChange ? undefined : "Owners and managers change these."}>
      <form noValidate onSubmit={onSubmit}>
        <fieldset className={styles.bare} disabled={!mayChange}>
          <FormProblem>{problem}</FormProblem>
          <DetailFields form={form} mayChange={mayChange} />
          {mayChange && (
            <Group justify="flex-end">
              <SubmitButton isPending={isPending}>Save the details</SubmitButton>
            </Group>
          )}
        </fieldset>
      </form>
      <ConflictDialog<Values> {...conflict} labelOf={(name) => LABELS[name]} />
    </Panel>
  );
}

interface FieldsProps {
  readonly form: UseVersionedForm<Values>["form"];
  readonly mayChange: boolean;
}

function DetailFields({ form, mayChange }: FieldsProps) {
  return (
    <>
      <div className={styles.pair}>
        {(Object.keys(TEXTS) as (keyof typeof TEXTS)[]).map((name) => (
          <TextInput key={name} label={LABELS[name]} maxLength={120} {...form.getInputProps(name)} />
        ))}
      </div>
      <Textarea
        label={LABELS.description}
        autosize
        minRows={3}
        maxLength={2000}
        {...form.getInputProps("description")}
      />
      <TagsInput
        label={LABELS.amenities}
        description="Such as wifi, lockers, café; Enter adds one."
        maxTags={30}
        disabled={!mayChange}
        {...form.getInputProps("amenities")}
      />
      <div className={styles.pair}>
        {(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => (
          <NumberInput
            key={name}
            label={LABELS[name]}
            min={0}
            max={1440}
            allowDecimal={false}
            hideControls
            {...form.getInputProps(name)}
          />
        ))}
      </div>
    </>
  );
}

function valuesOf(row: Values): Values {
  return Object.fromEntries(FIELDS.map((field) => [field, row[field]])) as unknown as Values;
}
