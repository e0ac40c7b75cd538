/**
 * What is known of something, by name: a list of terms. A fact that is empty is left out.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export interface Fact {
  readonly name: string;
  /** "", null and false leave the fact out. */
  readonly value: ReactNode;
  /** Said below it, more quietly. */
  readonly soft?: ReactNode;
}

interface Props {
  readonly facts: readonly Fact[];
  /** Values stand at the far end of their line, as amounts do. */
  readonly apart?: boolean;
}

export function Facts({ facts, apart = false }: Props) {
  return (
    <dl className={clsx(styles.facts, apart && styles.apart)}>
      {facts
        .filter(({ value }) => isSaid(value))
        .map(({ name, value, soft }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              {isSaid(soft) && <span className={styles.soft}>{soft}</span>}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function isSaid(content: ReactNode): boolean {
  return content !== "" && content !== null && content !== undefined && content !== false;
}
