export { AvailabilityBadge, type AvailabilityLevel, levelOf } from "./AvailabilityBadge";
export { type BoardPart, CountBoard } from "./board";
export {
  type Asked,
  type AskedAction,
  AskedActions,
  amountColumn,
  BOOKING_STATES,
  BookingBadge,
  type BookingItem,
  CancelDialog,
  type CancelDialogProps,
  type CancellationTerms,
  dayFilter,
  EntryPanel,
  type EntryRules,
  type EntryTime,
  entryTime,
  ExtendDialog,
  type Hold,
  HoldCountdown,
  HoldForm,
  type HoldFormProps,
  isHoldOver,
  type LaterEnds,
  laterEnds,
  LinkItem,
  LinkList,
  money,
  numberColumn,
  OwnBookings,
  price,
  PriceLines,
  type QuoteLine,
  quoteLines,
  quoteTotal,
  type SayMoney,
  sayTerms,
  shortMoney,
  sideOfToday,
  stateColumn,
  stateFilter,
  WatchButton,
  whenFact,
} from "./booking";
export {
  Calendar,
  type CalendarEntry,
  type CalendarMove,
  type CalendarProps,
  type CalendarResource,
  type CalendarView,
  MoveDialog,
} from "./calendar";
export { Card, CardGrid, CardTitle, FrontPage } from "./cards";
export {
  BarsChart,
  type ChartPoint,
  type ChartProps,
  type ChartSeries,
  DonutChart,
  type DonutProps,
  type HeatCell,
  HeatMap,
  TrendChart,
} from "./charts";
export { ColorSchemeSwitch } from "./ColorSchemeSwitch";
export { Columns } from "./Columns";
export { ConfirmDialog } from "./ConfirmDialog";
export {
  ConflictDialog,
  type FieldConflict,
  mergeEdits,
  type MergedEdits,
  type UseVersionedForm,
  useVersionedForm,
  type VersionedFormDefinition,
} from "./conflict";
export { ConnectionBanner } from "./ConnectionBanner";
export { ConnectionStatus } from "./ConnectionStatus";
export { CountdownTimer, minutesAndSeconds } from "./CountdownTimer";
export { DecisionDialog } from "./DecisionDialog";
export { type Fact, Facts } from "./Facts";
export { FlashNumber } from "./FlashNumber";
export { FieldRow, Form, FormFoot, FormProblem, SubmitButton } from "./FormParts";
export { DAYS, type HoursRow, WeekHours } from "./hours";
export { Item, ItemList } from "./ItemList";
export { type KpiDelta, KpiCard } from "./KpiCard";
export { LiveChip } from "./LiveChip";
export { LiveRegion } from "./LiveRegion";
export { Loaded } from "./Loaded";
export { numberBetween } from "./numberBetween";
export { NumberFields } from "./NumberFields";
export {
  type EventSaying,
  EventTimeline,
  type FigureCard,
  Figures,
  type LoggedEvent,
  percent,
  RowChoice,
  sayEvent,
  StepButtons,
  useChosen,
  type UseChosen,
} from "./office";
export { Callers, type CallersOf, RoomsMonitor, sayCallers, ServerHealth } from "./operating";
export { PageHeading } from "./PageHeading";
export { Panel } from "./Panel";
export { initialsOf, PersonAvatar } from "./PersonAvatar";
export {
  AnnouncementNews,
  Announcements,
  ApprovalTable,
  type ApprovedPlace,
  bookingRuleChecks,
  ClosedDays,
  comingOf,
  type NewPlace,
  NewPlaceForm,
  OpeningWeek,
  type Place,
  saveHours,
  Standing,
  waitingFirst,
} from "./places";
export { PresenceAvatars } from "./PresenceAvatars";
export {
  type DraftSeat,
  type EditedSeat,
  FloorPlan,
  FloorPlanEditor,
  type FloorPlanEditorProps,
  type FloorPlanProps,
  LayoutEditor,
  type LayoutEditorProps,
  type PlanSeat,
  type PlanSeatStatus,
  type PlanZone,
} from "./plan";
export {
  type AmountNames,
  type Amounts,
  type Priced,
  PriceHistory,
  PriceList,
  sayPriceChange,
  type Tariff,
} from "./prices";
export { QrCode, type QrCodeProps } from "./LazyQrCode";
export { cleanCode, CodeDialog, CodeForm, type ScanOutcome, ScanPanel } from "./scan";
export { type DayOfSlots, daysOfSlots, type Slot, SlotPicker, type SlotPickerProps } from "./slots";
export { type Refusal, type Refusals, refusalsOf, type SayRefusal, type Sayings } from "./refusals";
export { RemoveButton } from "./RemoveButton";
export { AverageStars, ReviewDesk, ReviewForm, Reviews, Stars } from "./reviews";
export { type ListChoice, type ListSearch, matching, optionsOf, SearchedList } from "./search";
export { Sheet } from "./Sheet";
export { SoundSwitch } from "./SoundSwitch";
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
export { Timeline, type TimelineEntry, type TimelineTone } from "./Timeline";
export { type Tone, ToneBadge } from "./ToneBadge";
export { type Trait, TraitChoice, type Traits, TraitTags } from "./traits";
export { type ToastStream, useToastStream } from "./useToastStream";
export { showToast, type Toast, type ToastKind } from "./toasts";
export { Updated } from "./Updated";
export { useRemoval, type UseRemoval } from "./useRemoval";
export {
  bookableOf,
  type DayRange,
  DayRangePicker,
  type DayRangePickerProps,
  type DayRules,
  fitted,
  instantsOf,
  type Openness,
  openness,
  OpeningHours,
  openingsOf,
  type UseDayRange,
  useDayRange,
  type WeekSchedule,
} from "./when";
