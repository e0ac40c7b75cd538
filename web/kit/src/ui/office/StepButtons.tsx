/**
 * What those who work there may do next with something, by its state: a button for each operation. The server decides.
 */
import { Button } from "@mantine/core";
import { useOperation } from "../../hooks";
import type { Refusals } from "../refusals";

interface Props<Step extends string> {
  /** The names of operations, the likeliest first. */
  readonly steps: readonly Step[];
  readonly labels: Readonly<Record<Step, string>>;
  /** What the operations are called with: `{ booking_id }`. */
  readonly params: object;
  readonly refusals: Refusals;
  /** The clock that refusals are said by. */
  readonly zone: string;
}

export function StepButtons<Step extends string>({ steps, labels, ...rest }: Props<Step>) {
  return steps.map((step, index) => (
    <StepButton key={step} step={step} label={labels[step]} isFirst={index === 0} {...rest} />
  ));
}

interface ButtonProps extends Pick<Props<string>, "params" | "refusals" | "zone"> {
  readonly step: string;
  readonly label: string;
  readonly isFirst: boolean;
}

function StepButton({ step, label, isFirst, params, refusals, zone }: ButtonProps) {
  const take = useOperation<object, object>(step, { onError: refusals.tellRefusal(step, zone) });
  return (
    <Button variant={isFirst ? "filled" : "default"} loading={take.isPending} onClick={() => take.mutate(params)}>
      {label}
    </Button>
  );
}
