/**
 * A form for a row that others may change meanwhile: what only one changed is merged silently, what both did is asked.
 *
 * What is sent was decided upon a version of the row; the server refuses it when there is a newer one, and the reader
 * saves again what he then sees.
 */
import { type SubmitEvent, useState } from "react";
import type { ProjectClient } from "../../client";
import { type FormDefinition, type UseForm, useForm } from "../../hooks";
import { type FieldConflict, mergeEdits } from "./mergeEdits";

export interface VersionedFormDefinition<Values extends object, Result> extends Pick<
  FormDefinition<Values, Result>,
  "validate" | "say" | "fieldOf"
> {
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
  definition: VersionedFormDefinition<Values, Result>,
): UseVersionedForm<Values> {
  const { actual, send, onDone, ...rest } = definition;
  const [original, setOriginal] = useState(actual.values);
  const [asked, setAsked] = useState<ReturnType<typeof mergeEdits<Values>> | null>(null);
  const { onSubmit: sendForm, ...state } = useForm<Values, Result>({
    ...rest,
    initialValues: actual.values,
    send: (client, values) => send(client, values, actual.version),
    onDone: (result, values) => {
      setOriginal(values);
      onDone(result);
    },
  });
  const save = (values: Values): void => {
    setAsked(null);
    state.form.setValues(values);
    sendForm();
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (state.form.validate().hasErrors) {
      sendForm();
      return;
    }
    const edits = mergeEdits(original, actual.values, state.form.getValues());
    if (edits.conflicts.length > 0) setAsked(edits);
    else save(edits.merged);
  };
  const conflict = {
    by: "A colleague",
    conflicts: asked?.conflicts ?? [],
    onResolve: (chosen: Partial<Values>) => asked && save({ ...asked.merged, ...chosen }),
    onClose: () => setAsked(null),
  };
  return { ...state, onSubmit, conflict };
}
