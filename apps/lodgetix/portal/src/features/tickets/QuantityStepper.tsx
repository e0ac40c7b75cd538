/**
 * How many: a small number between one and what can be had.
 */
import { ActionIcon } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import styles from "./QuantityStepper.module.css";

interface Props {
  readonly value: number;
  readonly most: number;
  /** What is counted, for screen readers. */
  readonly of: string;
  readonly onChange: (value: number) => void;
}

export function QuantityStepper({ value, most, of, onChange }: Props) {
  return (
    <div className={styles.stepper} role="group" aria-label={`How many of ${of}`}>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={`One fewer of ${of}`}
        disabled={value <= 1}
        onClick={() => onChange(value - 1)}
      >
        <IconMinus size={16} />
      </ActionIcon>
      <output className="kit-numbers">{value}</output>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={`One more of ${of}`}
        disabled={value >= most}
        onClick={() => onChange(value + 1)}
      >
        <IconPlus size={16} />
      </ActionIcon>
    </div>
  );
}
