/**
 * What stands below a table: how many rows there are, and its pages.
 */
import { Pagination } from "@mantine/core";
import styles from "./DataTable.module.css";

interface Props {
  /** How many fit what was searched for. */
  readonly count: number;
  readonly all: number;
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

const NUMBER = new Intl.NumberFormat();

export function TableFoot({ count, all, page, pages, onPage }: Props) {
  const said = count === all ? rows(all) : `${NUMBER.format(count)} of ${rows(all)}`;
  return (
    <div className={styles.foot}>
      <span className="kit-numbers" role="status">
        {said}
      </span>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={page}
          onChange={onPage}
          siblings={1}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
          getItemProps={(number) => ({ "aria-label": `Page ${number}` })}
        />
      )}
    </div>
  );
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${NUMBER.format(count)} rows`;
}
