export { type Project, ProjectContext, useProject } from "./project";
export { ProjectProvider } from "./ProjectProvider";
export { type UseConnectionStatus, useConnectionStatus } from "./useConnectionStatus";
export { type LiveRowsDefinition, type LiveRowsResult, useLiveRows } from "./useLiveRows";
export { useNow } from "./useNow";
export { type OperationOptions, useOperation } from "./useOperation";
export { type UseSession, useSession } from "./useSession";
