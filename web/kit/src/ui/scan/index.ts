export { cleanCode } from "./cleanCode";
export { CodeDialog } from "./CodeDialog";
export { CodeForm } from "./CodeForm";
export { type ScanOutcome, ScanPanel } from "./ScanPanel";
