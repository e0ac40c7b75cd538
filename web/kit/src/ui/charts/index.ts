export {
  BarsChart,
  type ChartPoint,
  type ChartProps,
  type ChartSeries,
  DonutChart,
  type DonutProps,
  TrendChart,
} from "./charts";
