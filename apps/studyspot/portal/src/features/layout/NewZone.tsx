/**
 * Adds a zone, with an empty plan.
 */
import { Checkbox, TextInput } from "@mantine/core";
import { database, unwrap } from "@millstream/kit/client";
import { useForm } from "@millstream/kit/hooks";
import { FieldRow, Form, Panel, SubmitButton } from "@millstream/kit/ui";
import type { Database } from "../../database.types";
import type { LibraryRow } from "../../rows";

interface Props {
  readonly library: LibraryRow;
  readonly onAdded: (zone: string) => void;
}

export function NewZone({ library: { id, organisation_id }, onAdded }: Props) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { name: "", floor: "", quiet: false },
    validate: { name: (name) => (name.trim() === "" ? "Students choose by the name." : null) },
    send: async (client, values) => {
      const row = { ...values, library_id: id, organisation_id };
      return unwrap(await database<Database>(client).from("zones").insert(row).select("id"));
    },
    onDone: ([zone]) => {
      form.reset();
      if (zone) onAdded(zone.id);
    },
    say: ({ message }) => `That did not work. ${message}`,
  });
  return (
    <Panel title="Another zone">
      <Form problem={problem} onSubmit={onSubmit}>
        <FieldRow>
          <TextInput label="Name" maxLength={80} {...form.getInputProps("name")} />
          <TextInput label="Floor" maxLength={40} {...form.getInputProps("floor")} />
        </FieldRow>
        <Checkbox label="It is quiet there" {...form.getInputProps("quiet", { type: "checkbox" })} />
        <SubmitButton isPending={isPending} variant="default">
          Add the zone
        </SubmitButton>
      </Form>
    </Panel>
  );
}
