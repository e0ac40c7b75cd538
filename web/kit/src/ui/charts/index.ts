export {
  BarsChart,
  type ChartPoint,
  type ChartProps,
  type ChartSeries,
  DonutChart,
  type DonutProps,
  TrendChart,
} from "./charts";
export { type HeatCell, HeatMap, hoursOf } from "./HeatMap";
