export {
  changeEmail,
  changeName,
  changePassword,
  type CodeKind,
  enterCode,
  mailAgain,
  mailReauthentication,
  mailRecovery,
  mailSignIn,
  type Newcomer,
  signInWithProvider,
  signUp,
} from "./accounts";
export { authRequest } from "./authRequests";
export { type AuthSettings, loadAuthSettings, readAuthSettings } from "./authSettings";
export { type Binding, type FeedListener, type OpenFeed, type RowChange, type RowEvent, rowFeed } from "./changes";
export { type DemoUser, loadConfig, type ProjectConfig, projectUrl } from "./config";
export {
  addAuthenticator,
  answerWithCode,
  type Factor,
  needsSecondFactor,
  type NewAuthenticator,
  removeAuthenticator,
  verifiedFactors,
} from "./factors";
export { factsOf, RequestFailed, unwrap } from "./failure";
export { enterOffered, finishLink, type LinkOutcome, type OfferedSession } from "./links";
export { interactionSink, type InteractionSink } from "./interactions";
export { liveView, type OpenView, type ViewListener, viewTopic, type ViewValue } from "./liveViews";
export { listNotifications, markNotificationsRead, type Notification } from "./notifications";
export { callOperation } from "./operations";
export {
  acceptAsNewcomer,
  acceptInvitation,
  changeRole,
  createOrganisation,
  type Invitation,
  invite,
  listInvitations,
  listMembers,
  listOrganisations,
  listSentInvitations,
  type Member,
  type Organisation,
  type OrganisationRole,
  readInvitation,
  removeMember,
  revokeInvitation,
  ROLES,
  type SentInvitation,
} from "./organisations";
export { comparePositions, formatLsn, parseLsn, type Position } from "./position";
export {
  type OpenPresence,
  type Present,
  presenceChannel,
  type PresenceChannel,
  type PresenceListener,
  type PresenceRoomName,
  type Shown,
} from "./presence";
export { type Method, projectRequest } from "./projectRequests";
export { createProjectClient, database, FAST_ATTEMPTS, type ProjectClient, reconnectDelayMs } from "./project";
export { type RoomAnswer, type RoomListener, RoomSocket, type RoomSocketOptions } from "./rooms";
export { type Condition, deleteRows, insertRows, loadRows, type RowsQuery, saveVersion, type Whose } from "./rows";
export { ensureSession, type Session, signInAs, signOut, type User, watchSession } from "./session";
export {
  ChannelMemories,
  type ChannelMemory,
  createResumableClient,
  type JoinOutcome,
  type MemoryListener,
  type ResumableClient,
} from "./resume";
export { type PushState, readPush, turnPushOff, turnPushOn } from "./push";
export { registerServiceWorker } from "./serviceWorker";
export { endOtherSessions, endSession, listSessions, type OpenSession, watchForEnd } from "./sessions";
export { storedSession } from "./storedSession";
export type { SocketEvent, SocketListener } from "./socket";
