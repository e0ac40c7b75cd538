/**
 * A share for each hour of each weekday: a table of numbers, coloured by them. The number says it, the colour only helps.
 */
import type { CSSProperties } from "react";
import styles from "./HeatMap.module.css";

export interface HeatCell {
  /** From 1, Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly percent: number;
}

interface Props {
  readonly label: string;
  readonly cells: readonly HeatCell[];
}

const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const WEEKDAYS = Array.from({ length: 7 }, (_, day) => WEEKDAY.format(MONDAY + day * DAY_MS));
/** From this part of the fullest hour on, white letters stand on the colour. */
const DARK_FROM = 0.6;

export function HeatMap({ label, cells }: Props) {
  const hours = hoursOf(cells);
  const most = Math.max(1, ...cells.map(({ percent }) => percent));
  const percents = new Map(cells.map(({ weekday, hour, percent }) => [`${weekday} ${hour}`, Math.round(percent)]));
  return (
    // A wide table is scrolled by keyboard, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.map}>
        <thead>
          <tr>
            <td />
            {hours.map((hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((name, index) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {hours.map((hour) => (
                <Cell
                  key={hour}
                  title={`${name} ${hour}:00`}
                  percent={percents.get(`${index + 1} ${hour}`) ?? 0}
                  most={most}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly title: string;
  readonly percent: number;
  /** That of the fullest hour, which has the full colour. */
  readonly most: number;
}

function Cell({ title, percent, most }: CellProps) {
  const share = percent / most;
  const look = { "--heat": `${heatOf(share)}%` } as CSSProperties;
  return (
    <td title={`${title}: ${percent} %`} style={look} data-dark={share >= DARK_FROM || undefined}>
      {percent}
    </td>
  );
}

/** Return how much colour a share has: as much as letters can be read on, dark ones below, white ones above. Pure. */
export function heatOf(share: number): number {
  return Math.round(share < DARK_FROM ? (45 * share) / DARK_FROM : 80 + (20 * (share - DARK_FROM)) / (1 - DARK_FROM));
}

/** Return all hours between the first and the last that have a figure. Pure. */
export function hoursOf(cells: readonly HeatCell[]): readonly number[] {
  if (cells.length === 0) return [];
  const hours = cells.map(({ hour }) => hour);
  const first = Math.min(...hours);
  return Array.from({ length: Math.max(...hours) - first + 1 }, (_, index) => first + index);
}
