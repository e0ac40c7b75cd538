/**
 * Tells everybody something, by the application's operation `announce`: those who look at a place, or all of the platform.
 */
import { SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { callOperation, type RequestFailed, type Whose } from "../../client";
import { useForm } from "../../hooks";
import { Form, FormFoot, SubmitButton } from "../FormParts";
import { Panel } from "../Panel";
import { showToast } from "../toasts";
import { SEVERITIES } from "./severities";

interface Props {
  readonly of: Whose;
  /** Whom it reaches. */
  readonly reaches: string;
  readonly say: (refusal: RequestFailed) => string;
}

export function AnnounceForm({ of: { column, id }, reaches, say }: Props) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { title: "", body: "", severity: "info" },
    validate: { title: (title) => (title.trim() === "" ? "Say what it is about." : null) },
    send: (client, values) =>
      callOperation<object>(client, "announce", { ...values, ...(id !== null && { [column]: id }) }),
    onDone: (_said, { title }) => {
      showToast({ id: "announced", kind: "good", title: "Done!", message: `Announced: ${title}` });
      form.reset();
    },
    say,
  });
  return (
    <Panel title="New announcement" lead={reaches}>
      <Form problem={problem} onSubmit={onSubmit}>
        <TextInput label="Title" withAsterisk maxLength={120} {...form.getInputProps("title")} />
        <Textarea label="Text" autosize minRows={3} maxLength={1000} {...form.getInputProps("body")} />
        <SegmentedControl
          aria-label="What kind"
          data={Object.entries(SEVERITIES).map(([value, { label }]) => ({ value, label }))}
          {...form.getInputProps("severity")}
        />
        <FormFoot>
          <SubmitButton isPending={isPending}>Announce</SubmitButton>
        </FormFoot>
      </Form>
    </Panel>
  );
}
