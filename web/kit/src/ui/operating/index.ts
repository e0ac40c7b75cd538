export { RoomsMonitor } from "./RoomsMonitor";
export { ServerHealth } from "./ServerHealth";
