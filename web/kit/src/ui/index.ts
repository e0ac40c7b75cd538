export { AvailabilityBadge, type AvailabilityLevel } from "./AvailabilityBadge";
export { ColorSchemeSwitch } from "./ColorSchemeSwitch";
export { ConfirmDialog } from "./ConfirmDialog";
export { ConnectionBanner } from "./ConnectionBanner";
export { CountdownTimer, minutesAndSeconds } from "./CountdownTimer";
export { FlashNumber } from "./FlashNumber";
export { FormProblem, SubmitButton } from "./FormParts";
export { LiveChip } from "./LiveChip";
export { LiveRegion } from "./LiveRegion";
export { PageHeading } from "./PageHeading";
export { Panel } from "./Panel";
export { initialsOf, PersonAvatar } from "./PersonAvatar";
export { PageRoot } from "./PageRoot";
export { PortalRoot } from "./PortalRoot";
export { EmptyState, ErrorState, LoadingState } from "./states";
export {
  type CellValue,
  type DataColumn,
  type DataFilter,
  DataTable,
  type DataTableProps,
  downloadFile,
  type TableState,
  toCsv,
  type UseTableState,
  useTableState,
} from "./table";
export { portalTheme } from "./theme";
export { hideToasts, showToast, type Toast, type ToastKind } from "./toasts";
