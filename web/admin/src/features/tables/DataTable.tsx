/**
 * A list of the server: a table on wide screens, a stack of cards on narrow ones, with its own states.
 */
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { Part } from "../admin/answers";
import styles from "./DataTable.module.css";
import { count } from "./words";

export interface Column<Entry> {
  readonly name: string;
  readonly of: (entry: Entry) => ReactNode;
  readonly isNumber?: boolean;
}

interface Props<Entry> {
  readonly caption: string;
  readonly answer: UseQueryResult<Part<Entry>>;
  readonly columns: readonly Column<Entry>[];
  readonly keyOf: (entry: Entry) => string | number;
  /** Said when there is nothing, and when nothing fits what was searched for. */
  readonly empty: string;
  readonly children?: ReactNode;
}

export function DataTable<Entry>(props: Props<Entry>) {
  const { caption, answer, children } = props;
  return (
    <section aria-label={caption}>
      <div className={styles.tools}>
        <p className={styles.count}>{answer.data ? `${caption}: ${countOf(answer.data)}` : caption}</p>
        {children}
      </div>
      <Content {...props} />
    </section>
  );
}

function Content<Entry>({ caption, answer, columns, keyOf, empty }: Props<Entry>) {
  const { data, error, refetch } = answer;
  if (!data) {
    return error ? (
      <ErrorState title={`${caption} could not be loaded`} error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingState label={`Loading: ${caption}`} count={4} height={44} />
    );
  }
  if (data.shown.length > 0) return <Rows caption={caption} columns={columns} entries={data.shown} keyOf={keyOf} />;
  return data.total ? (
    <EmptyState title="Nothing fits">Nothing fits what you search for.</EmptyState>
  ) : (
    <EmptyState title="Nothing here">{empty}</EmptyState>
  );
}

type RowsProps<Entry> = Pick<Props<Entry>, "caption" | "columns" | "keyOf"> & { readonly entries: readonly Entry[] };

function Rows<Entry>({ caption, columns, entries, keyOf }: RowsProps<Entry>) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className={styles.caption}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={clsx(isNumber && styles.number)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={keyOf(entry)}>
              {columns.map(({ name, of, isNumber }) => (
                <td key={name} data-name={name} className={clsx(isNumber && styles.number)}>
                  <div className={styles.value}>{of(entry)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function countOf({ total, fitting, shown }: Part<unknown>): string {
  if (total === undefined || fitting === undefined) return count(shown.length);
  const fit = fitting === total ? count(total) : `${count(fitting)} of ${count(total)}`;
  return shown.length < fitting ? `${fit}, the first ${count(shown.length)} shown` : fit;
}
