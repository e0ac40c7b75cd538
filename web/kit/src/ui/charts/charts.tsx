/**
 * Charts of figures over something: a curve, bars, a ring. The library behind them is loaded when the first is shown.
 *
 * A chart is a picture; what it shows stands below it as a table for those who cannot see it.
 */
import { ColorSwatch, Skeleton, VisuallyHidden } from "@mantine/core";
import { lazy, type ReactNode, Suspense } from "react";
import styles from "./charts.module.css";

export interface ChartSeries {
  /** The field of a point. */
  readonly name: string;
  readonly label: string;
  /** A colour of the theme; by default the portal's own. */
  readonly color?: string;
}

export type ChartPoint = Readonly<Record<string, string | number | null>>;

export interface ChartProps {
  /** What it shows, in a few words. */
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** The field along the bottom. */
  readonly over: string;
  readonly series: readonly ChartSeries[];
  readonly height?: number;
  readonly format?: (value: number) => string;
  /** Bars: one on the other instead of side by side. */
  readonly stacked?: boolean;
}

export interface DonutProps {
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly value: number; readonly color: string }[];
  readonly height?: number;
  readonly format?: (value: number) => string;
}

const Curves = lazy(async () => ({ default: (await import("./drawn")).Curves }));
const Bars = lazy(async () => ({ default: (await import("./drawn")).Bars }));
const Ring = lazy(async () => ({ default: (await import("./drawn")).Ring }));

export const CHART_HEIGHT = 240;

export function TrendChart(props: ChartProps) {
  return (
    <ChartFrame {...props}>
      <Curves {...props} />
    </ChartFrame>
  );
}

export function BarsChart(props: ChartProps) {
  return (
    <ChartFrame {...props}>
      <Bars {...props} />
    </ChartFrame>
  );
}

export function DonutChart(props: DonutProps) {
  const { label, parts, height, format } = props;
  const points = parts.map(({ name, value }) => ({ part: name, value }));
  return (
    <ChartFrame
      label={label}
      points={points}
      over="part"
      series={[{ name: "value", label: "Value" }]}
      {...(height !== undefined && { height })}
      {...(format && { format })}
    >
      <Ring {...props} />
      <ul className={styles.legend}>
        {parts.map(({ name, value, color }) => (
          <li key={name}>
            <ColorSwatch size={12} color={`var(--mantine-color-${color.replace(".", "-")}-filled, ${color})`} />
            {name} <span className="kit-numbers">{(format ?? String)(value)}</span>
          </li>
        ))}
      </ul>
    </ChartFrame>
  );
}

function ChartFrame({ children, ...chart }: ChartProps & { readonly children: ReactNode }) {
  const { label, height = CHART_HEIGHT } = chart;
  return (
    <figure style={{ margin: 0 }} aria-label={label}>
      <div aria-hidden="true" style={{ minHeight: height }}>
        <Suspense fallback={<Skeleton height={height} radius="md" />}>{children}</Suspense>
      </div>
      <VisuallyHidden>
        <FigureTable {...chart} />
      </VisuallyHidden>
    </figure>
  );
}

function FigureTable({ label, points, over, series, format = String }: ChartProps) {
  const written = (value: string | number | null | undefined): string =>
    typeof value === "number" ? format(value) : (value ?? "");
  return (
    <table>
      <caption>{label}</caption>
      <thead>
        <tr>
          <th scope="col">{over}</th>
          {series.map((each) => (
            <th key={each.name} scope="col">
              {each.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point[over]}>
            <th scope="row">{point[over]}</th>
            {series.map(({ name }) => (
              <td key={name}>{written(point[name])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
