export { Announcer } from "./announcer";
export { applyChange, type KeyOf } from "./applyChange";
export { Bursts, type BurstOptions } from "./bursts";
export {
  type ActiveChannel,
  ChannelLimitReached,
  ChannelManager,
  type ChannelManagerOptions,
  type OpenChannel,
} from "./channelManager";
export { Chime } from "./chime";
export {
  Connection,
  type ConnectionOptions,
  type ConnectionPhase,
  type ConnectionSource,
  type ConnectionStatus,
  worseOf,
} from "./connection";
export { type Interaction, InteractionTracker, type TrackerOptions, visitId } from "./interactionTracker";
export {
  JOIN_PATIENCE_MS,
  LiveRows,
  type LiveRowsSource,
  type LiveState,
  type RowCache,
  type Snapshot,
} from "./liveRows";
export { PresenceRoom, type PresenceState } from "./presenceRoom";
export { LiveRegistry, type Startable } from "./registry";
export { Rooms, type RoomSource, roomsOf, type RoomStanding } from "./rooms";
export { SessionWatch } from "./sessionWatch";
export { type Readable, Store } from "./store";
export { trackInteractions } from "./trackInteractions";
export { type LiveViewState, ViewState } from "./viewState";
