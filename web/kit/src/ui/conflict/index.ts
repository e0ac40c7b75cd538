export { ConflictDialog } from "./ConflictDialog";
export { type FieldConflict, mergeEdits, type MergedEdits } from "./mergeEdits";
export { type UseVersionedForm, useVersionedForm, type VersionedFormDefinition } from "./useVersionedForm";
