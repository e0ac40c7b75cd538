export { type Binding, type FeedListener, type OpenFeed, type RowChange, type RowEvent, rowFeed } from "./changes";
export { type DemoUser, loadConfig, type ProjectConfig, projectUrl } from "./config";
export { RequestFailed, unwrap } from "./failure";
export { callOperation } from "./operations";
export { comparePositions, formatLsn, parseLsn, type Position } from "./position";
export { createProjectClient, database, FAST_ATTEMPTS_MS, type ProjectClient, reconnectDelayMs } from "./project";
export { ensureSession, type Session, signInAs, signOut, type User, watchSession } from "./session";
export {
  ChannelMemories,
  type ChannelMemory,
  createResumableClient,
  type JoinOutcome,
  type MemoryListener,
  type ResumableClient,
} from "./resume";
export type { SocketEvent, SocketListener } from "./socket";
