/**
 * How something stands in this moment: the one row of a live view as cards, whose figures move by themselves.
 */
import type { CSSProperties } from "react";
import { useLiveView } from "../../hooks";
import { KpiCard } from "../KpiCard";
import { Loaded } from "../Loaded";
import styles from "./Figures.module.css";

export interface FigureCard {
  readonly label: string;
  readonly value: number;
  readonly hint: string;
  readonly format?: (value: number) => string;
}

interface Props<Row> {
  readonly view: string;
  /** What of the view is asked for, such as the id of a place; nothing for a view of all. */
  readonly of?: string;
  readonly cards: (row: Row) => readonly FigureCard[];
}

export function Figures<Row>({ view, of, cards }: Props<Row>) {
  const { rows, error } = useLiveView<Row>({ view, key: of === undefined ? [] : [of] });
  return (
    <Loaded what="figures" value={rows?.[0]} error={error} count={1} height={120}>
      {(row) => <Cards cards={cards(row)} />}
    </Loaded>
  );
}

function Cards({ cards }: { readonly cards: readonly FigureCard[] }) {
  const columns = { "--columns": columnsFor(cards.length) } as CSSProperties;
  return (
    <div className={styles.figures} style={columns}>
      {cards.map((card) => (
        <KpiCard key={card.label} {...card} />
      ))}
    </div>
  );
}

const MOST_IN_A_ROW = 5;

/** Return into how many columns cards are laid, so that no row is much shorter than the others. Pure. */
export function columnsFor(cards: number): number {
  const rows = Math.max(1, Math.ceil(cards / MOST_IN_A_ROW));
  return Math.max(1, Math.ceil(cards / rows));
}

export function percent(value: number): string {
  return `${value} %`;
}
