/**
 * What students read of a library, and by which rules its seats are booked. What a colleague changes meanwhile merges;
 * where both changed the same, both are shown and one is chosen.
 */
import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { saveVersion } from "@millstream/kit/client";
import {
  bookingRuleChecks,
  ConflictDialog,
  FieldRow,
  Form,
  FormFoot,
  NumberFields,
  Panel,
  showToast,
  SubmitButton,
  useVersionedForm,
} from "@millstream/kit/ui";
import type { LibraryRow } from "../../rows";
import { sayRefusal } from "../booking/refusals";

const TEXTS = { name: "Name", city: "City", address: "Address", phone: "Telephone" } as const;
/** The longest of each, as the table has them. */
const LENGTHS = { name: 120, city: 80, address: 200, phone: 40 } as const;
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
  const { form, isPending, problem, onSubmit, conflict } = useVersionedForm<Values, string>({
    actual: { values: valuesOf(library), version: library.version },
    validate: {
      ...bookingRuleChecks,
      name: (value) => (value.trim() === "" ? "Students find the library by its name." : null),
      city: (value) => (value.trim() === "" ? "Students look for libraries by city." : null),
    },
    send: (client, values, version) => saveVersion(client, "libraries", { id: library.id, version }, values),
    say: sayRefusal,
    onDone: () =>
      showToast({ id: "library", kind: "good", title: "Done!", message: "Students see it so from now on." }),
  });
  return (
    <Panel title="Details" lead={mayChange ? undefined : "Owners and managers change these."}>
      <Form problem={problem} onSubmit={onSubmit} mayChange={mayChange}>
        <FieldRow>
          {(Object.keys(TEXTS) as (keyof typeof TEXTS)[]).map((name) => (
            <TextInput key={name} label={TEXTS[name]} maxLength={LENGTHS[name]} {...form.getInputProps(name)} />
          ))}
        </FieldRow>
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
        <FieldRow>
          <NumberFields labels={LIMITS} max={1440} propsOf={form.getInputProps} />
        </FieldRow>
        {mayChange && (
          <FormFoot>
            <SubmitButton isPending={isPending}>Save the details</SubmitButton>
          </FormFoot>
        )}
      </Form>
      <ConflictDialog<Values> {...conflict} labelOf={(name) => LABELS[name]} />
    </Panel>
  );
}

function valuesOf(row: Values): Values {
  return Object.fromEntries(FIELDS.map((field) => [field, row[field]])) as unknown as Values;
}
