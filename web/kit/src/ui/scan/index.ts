export { cleanCode } from "./cleanCode";
export { type ScanOutcome, ScanPanel } from "./ScanPanel";
