/**
 * A form for a row that others may change meanwhile: what only one changed is merged, what both did is asked.
 *
 * Fields that the reader has not changed follow the row while the form is open, marked for a moment; what was typed
 * stays. What is sent was decided upon a version of the row; the server refuses it when there is a newer one, and the
 * reader saves again what he then sees.
 */
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import type { ProjectClient } from "../../client";
import { type FormDefinition, type UseForm, useForm } from "../../hooks";
import { type FieldConflict, fieldsToTake, mergeEdits } from "./mergeEdits";
import { useBriefly } from "./useBriefly";

const MARKED_MS = 4_000;
const NONE: readonly never[] = [];

export interface VersionedFormDefinition<Values extends object, Result> extends Pick<
  FormDefinition<Values, Result>,
  "validate" | "say" | "fieldOf"
> {
  /** The row as it is now, kept equal to the database. */
  readonly actual: { readonly values: Values; readonly version: number };
  readonly send: (client: ProjectClient, values: Values, version: number) => Promise<Result>;
  readonly onDone: (result: Result) => void;
}

type InputProps = (path: string, options?: object) => object;

export interface UseVersionedForm<Values extends object> extends Omit<UseForm<Values>, "onSubmit"> {
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** For the dialog of conflicts. */
  readonly conflict: {
    readonly by: string;
    readonly conflicts: readonly FieldConflict<Values>[];
    /** Fields that have just taken what somebody else wrote. */
    readonly taken: readonly (keyof Values & string)[];
    readonly onResolve: (chosen: Partial<Values>) => void;
    readonly onClose: () => void;
  };
}

export function useVersionedForm<Values extends object, Result>(
  definition: VersionedFormDefinition<Values, Result>,
): UseVersionedForm<Values> {
  const { actual, send, onDone, ...rest } = definition;
  // What each field was when the reader saw it last, before changing it.
  const original = useRef(actual.values);
  const [asked, setAsked] = useState<ReturnType<typeof mergeEdits<Values>> | null>(null);
  // The version that saving made. What differs in it from what was sent is the server's doing, and nobody's news.
  const own = useRef(-1);
  const { onSubmit: sendForm, ...state } = useForm<Values, Result>({
    ...rest,
    initialValues: actual.values,
    send: async (client, values) => {
      const result = await send(client, values, actual.version);
      own.current = actual.version + 1;
      return result;
    },
    onDone: (result, values) => {
      original.current = values;
      onDone(result);
    },
  });
  const { form } = state;
  const [taken, mark] = useBriefly<readonly (keyof Values & string)[]>(NONE, MARKED_MS);
  // After each render, since it depends upon what was typed as well; it does nothing where there is nothing new.
  useEffect(() => {
    if (actual.version < own.current) return; // The row as it was before this form changed it.
    const fields = fieldsToTake(original.current, actual.values, form.getValues());
    if (fields.length === 0) return;
    const news = Object.fromEntries(fields.map((field) => [field, actual.values[field]])) as Partial<Values>;
    original.current = { ...original.current, ...news };
    form.setValues(news);
    if (actual.version !== own.current) mark(fields);
  });
  const save = (values: Values): void => {
    setAsked(null);
    form.setValues(values);
    sendForm();
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (form.validate().hasErrors) {
      sendForm();
      return;
    }
    const edits = mergeEdits(original.current, actual.values, form.getValues());
    if (edits.conflicts.length > 0) setAsked(edits);
    else save(edits.merged);
  };
  const conflict = {
    by: "A colleague",
    conflicts: asked?.conflicts ?? [],
    taken,
    onResolve: (chosen: Partial<Values>) => asked && save({ ...asked.merged, ...chosen }),
    onClose: () => setAsked(null),
  };
  // Written down as what it is: the paths of all possible forms are more than the compiler can compare.
  const plain = form as unknown as { readonly getInputProps: InputProps };
  const getInputProps: InputProps = (path, options) => ({
    ...plain.getInputProps(path, options),
    "data-taken": taken.includes(path as keyof Values & string) || undefined,
  });
  return { ...state, form: { ...form, getInputProps } as typeof form, onSubmit, conflict };
}
