/**
 * A form for a row that others may change meanwhile: what only one changed is merged silently, what both did is asked.
 *
 * What is sent is what was decided upon a version of the row; the server refuses it when there is a newer one.
 */
import type { ProjectClient, RequestFailed } from "@millstream/kit/client";
import { type FormDefinition, type UseForm, useForm } from "@millstream/kit/hooks";
import { type FieldConflict, mergeEdits } from "@millstream/kit/ui";
import { type SubmitEvent, useState } from "react";
import { refusal } from "../booking/refusals";

interface Definition<Values extends object, Result> extends Pick<FormDefinition<Values, Result>, "validate"> {
  /** The row as it is now, kept equal to the database. */
  readonly actual: { readonly values: Values; readonly version: number };
  readonly send: (client: ProjectClient, values: Values, version: number) => Promise<Result>;
  readonly onDone: (result: Result) => void;
}

export interface UseVersionedForm<Values extends object> extends Omit<UseForm<Values>, "onSubmit"> {
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** For the dialog of conflicts. */
  readonly conflict: {
    readonly by: string;
    readonly conflicts: readonly FieldConflict<Values>[];
    readonly onResolve: (chosen: Partial<Values>) => void;
    readonly onClose: () => void;
  };
}

export function useVersionedForm<Values extends object, Result>(
  definition: Definition<Values, Result>,
): UseVersionedForm<Values> {
  const { actual, validate, send, onDone } = definition;
  const [original, setOriginal] = useState(actual.values);
  const [asked, setAsked] = useState<ReturnType<typeof mergeEdits<Values>> | null>(null);
  const { onSubmit: sendForm, ...state } = useForm<Values, Result>({
    initialValues: actual.values,
    ...(validate && { validate }),
    send: (client, values) => send(client, values, actual.version),
    onDone: (result, values) => {
      setOriginal(values);
      onDone(result);
    },
    say,
  });
  const save = (values: Values): void => {
    setAsked(null);
    state.form.setValues(values);
    sendForm();
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (state.form.validate().hasErrors) sendForm();
    else {
      const edits = mergeEdits(original, actual.values, state.form.getValues());
      if (edits.conflicts.length > 0) setAsked(edits);
      else save(edits.merged);
    }
  };
  const conflict = {
    by: "A colleague",
    conflicts: asked?.conflicts ?? [],
    onResolve: (chosen: Partial<Values>) => asked && save({ ...asked.merged, ...chosen }),
    onClose: () => setAsked(null),
  };
  return { ...state, onSubmit, conflict };
}

function say(failed: RequestFailed): string {
  // Changed before this page had heard of it.
  if (failed.code === "edits_do_not_collide") return "A colleague saved just now. Look again, and save again.";
  const { title, message } = refusal(failed, "UTC");
  return `${title}. ${message}`;
}
