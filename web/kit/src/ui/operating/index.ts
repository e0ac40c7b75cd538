export { Callers, type CallersOf, sayCallers } from "./Callers";
export { RoomsMonitor } from "./RoomsMonitor";
export { ServerHealth } from "./ServerHealth";
