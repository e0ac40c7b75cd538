/**
 * Tells everybody something: those who look at a library, or everybody on the platform.
 */
import { Group, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { useForm } from "@millstream/kit/hooks";
import { FormProblem, Panel, showToast, SubmitButton } from "@millstream/kit/ui";
import { sayRefusal } from "../booking/refusals";
import styles from "../owner/OwnerPage.module.css";
import { SEVERITIES } from "./severities";

interface Props {
  /** Null is the whole platform. */
  readonly library: string | null;
  readonly lead: string;
}

export function AnnounceForm({ library, lead }: Props) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { title: "", body: "", severity: "info" },
    validate: { title: (title) => (title.trim() === "" ? "Say what it is about." : null) },
    send: (client, values) =>
      callOperation<object>(client, "announce", { ...values, ...(library !== null && { library_id: library }) }),
    onDone: (_said, { title }) => {
      showToast({ id: "announced", kind: "good", title: "Done!", message: `Announced: ${title}` });
      form.reset();
    },
    say: sayRefusal,
  });
  return (
    <Panel title="New announcement" lead={lead}>
      <form className={styles.form} onSubmit={onSubmit} noValidate>
        <FormProblem>{problem}</FormProblem>
        <TextInput label="Title" withAsterisk maxLength={120} {...form.getInputProps("title")} />
        <Textarea label="Text" autosize minRows={3} maxLength={1000} {...form.getInputProps("body")} />
        <SegmentedControl
          aria-label="What kind"
          data={Object.entries(SEVERITIES).map(([value, { label }]) => ({ value, label }))}
          {...form.getInputProps("severity")}
        />
        <Group justify="flex-end">
          <SubmitButton isPending={isPending}>Announce</SubmitButton>
        </Group>
      </form>
    </Panel>
  );
}
