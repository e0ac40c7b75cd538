/**
 * Fields for several numbers, one for each label: for a row of fields.
 */
import { NumberInput, type NumberInputProps } from "@mantine/core";

interface Props<Name extends string> {
  readonly labels: Readonly<Record<Name, string>>;
  readonly max: number;
  /** Which of them have fractions: amounts of money. */
  readonly fractions?: readonly Name[];
  /** `getInputProps` of a form. */
  readonly propsOf: (name: Name) => NumberInputProps;
}

export function NumberFields<Name extends string>({ labels, max, fractions = [], propsOf }: Props<Name>) {
  return (Object.keys(labels) as Name[]).map((name) => (
    <NumberInput
      key={name}
      label={labels[name]}
      min={0}
      max={max}
      clampBehavior="strict"
      // Without a minus: what is typed as less than nothing would be saved as nothing, a price as free.
      allowNegative={false}
      allowDecimal={fractions.includes(name)}
      decimalScale={2}
      hideControls
      {...propsOf(name)}
    />
  ));
}
