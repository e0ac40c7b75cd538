/**
 * How something stands in this moment: the one row of a live view as cards, whose figures move by themselves.
 */
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
      {(row) => (
        <div className={styles.figures}>
          {cards(row).map((card) => (
            <KpiCard key={card.label} {...card} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

export function percent(value: number): string {
  return `${value} %`;
}
