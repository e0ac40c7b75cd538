export { cleanCode } from "./cleanCode";
export { CodeDialog } from "./CodeDialog";
export { type ScanOutcome, ScanPanel } from "./ScanPanel";
