/**
 * A form that asks the server for something: its fields, whether it is being sent, and what was refused.
 *
 * A refusal whose code belongs to a field stands at that field and the field is focused; any other stands above the
 * form. What was typed stays, whatever happens.
 */
import { useForm as useFields, type UseFormReturnType } from "@mantine/form";
import { type SubmitEvent, useState } from "react";
import type { ProjectClient, RequestFailed } from "../client";
import { useAction } from "./useAction";

type Check<Values> = { [Name in keyof Values]?: (value: Values[Name], values: Values) => string | null };

export interface FormDefinition<Values extends object, Result> {
  readonly initialValues: Values;
  readonly validate?: Check<Values>;
  readonly send: (client: ProjectClient, values: Values) => Promise<Result>;
  readonly onDone?: (result: Result, values: Values) => void;
  /** The sentence for a refusal. */
  readonly say: (refusal: RequestFailed) => string;
  /** Which field a code is about. */
  readonly fieldOf?: Readonly<Record<string, keyof Values & string>>;
  readonly onRefused?: (refusal: RequestFailed) => void;
}

export interface UseForm<Values extends object> {
  readonly form: UseFormReturnType<Values>;
  readonly isPending: boolean;
  /** What was refused about the whole form. */
  readonly problem: string | null;
  readonly onSubmit: (event?: SubmitEvent<HTMLFormElement>) => void;
}

export function useForm<Values extends object, Result>(definition: FormDefinition<Values, Result>): UseForm<Values> {
  const { initialValues, validate, send, say, fieldOf = {} } = definition;
  const [problem, setProblem] = useState<string | null>(null);
  const form = useFields<Values>({
    initialValues,
    validateInputOnBlur: false,
    ...(validate && { validate: validate as never }),
  });
  const refused = (refusal: RequestFailed): void => {
    const field = fieldOf[refusal.code];
    if (field === undefined) setProblem(say(refusal));
    else {
      form.setFieldError(field, say(refusal));
      form.getInputNode(field)?.focus();
    }
    definition.onRefused?.(refusal);
  };
  const action = useAction<Values, Result>(send, {
    onError: refused,
    onSuccess: (result, values) => definition.onDone?.(result, values),
  });
  const focusFirst = (errors: object): void => form.getInputNode(Object.keys(errors)[0] ?? "")?.focus();
  const onSubmit = form.onSubmit((values) => {
    setProblem(null);
    if (!action.isPending) action.mutate(values);
  }, focusFirst);
  return { form, isPending: action.isPending, problem, onSubmit };
}
