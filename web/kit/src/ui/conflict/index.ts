export { ConflictDialog } from "./ConflictDialog";
export { type FieldConflict, mergeEdits, type MergedEdits } from "./mergeEdits";
