export { FloorPlan, type FloorPlanProps } from "./FloorPlan";
export { type EditedSeat, FloorPlanEditor, type FloorPlanEditorProps } from "./FloorPlanEditor";
export { LayoutEditor, type LayoutEditorProps } from "./LayoutEditor";
export type { DraftSeat } from "./layoutDraft";
export type { PlanSeat, PlanSeatStatus, PlanZone } from "./seats";
