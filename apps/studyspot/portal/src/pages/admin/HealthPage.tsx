export { HealthPage } from "@millstream/kit/shell";
