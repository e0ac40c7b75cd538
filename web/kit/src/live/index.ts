export { Announcer } from "./announcer";
export { applyChange, type KeyOf } from "./applyChange";
export { Bursts, type BurstOptions } from "./bursts";
export { Connection, type ConnectionPhase, type ConnectionSource, type ConnectionStatus } from "./connection";
export {
  JOIN_PATIENCE_MS,
  LiveRows,
  type LiveRowsSource,
  type LiveState,
  type RowCache,
  type Snapshot,
} from "./liveRows";
export { LiveRegistry, type Startable } from "./registry";
export { SessionWatch } from "./sessionWatch";
export { type Readable, Store } from "./store";
