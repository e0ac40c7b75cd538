/**
 * The charts themselves, with the library that draws them: loaded by `charts.tsx` alone, when one is shown.
 */
import "@mantine/charts/styles.layer.css";
import { AreaChart, BarChart, DonutChart } from "@mantine/charts";
import { useReducedMotion } from "@mantine/hooks";
import { CHART_HEIGHT, type ChartProps, type ChartSeries, type DonutProps } from "./charts";

const PLAIN = (value: number): string => new Intl.NumberFormat().format(value);

/** Who cannot see a chart reads its table: nothing of the picture takes the focus. */
const STILL = { accessibilityLayer: false };

function grid({ points, over, series, height = CHART_HEIGHT, format = PLAIN }: ChartProps) {
  return {
    h: height,
    data: [...points],
    dataKey: over,
    series: series.map(({ name, label, color = "brand" }: ChartSeries) => ({ name, label, color })),
    valueFormatter: format,
    withLegend: series.length > 1,
    gridAxis: "x" as const,
    tickLine: "none" as const,
    yAxisProps: { width: 44, allowDecimals: false },
  };
}

export function Curves(props: ChartProps) {
  const still = useReducedMotion();
  return (
    <AreaChart
      {...grid(props)}
      curveType="monotone"
      areaChartProps={STILL}
      withDots={false}
      areaProps={{ isAnimationActive: !still }}
    />
  );
}

export function Bars(props: ChartProps) {
  const still = useReducedMotion();
  const type = props.stacked ? "stacked" : "default";
  return (
    <BarChart
      {...grid(props)}
      type={type}
      barChartProps={STILL}
      maxBarWidth={36}
      barProps={{ isAnimationActive: !still, radius: 4 }}
    />
  );
}

export function Ring({ parts, height = CHART_HEIGHT, format = PLAIN }: DonutProps) {
  const still = useReducedMotion();
  return (
    <DonutChart
      data={parts.map((part) => ({ ...part }))}
      size={Math.min(height - 20, 200)}
      thickness={26}
      mx="auto"
      withTooltip
      valueFormatter={format}
      pieChartProps={STILL}
      pieProps={{ isAnimationActive: !still, rootTabIndex: -1 }}
    />
  );
}
