export { FloorPlan, type FloorPlanProps } from "./FloorPlan";
export { type EditedSeat, FloorPlanEditor, type FloorPlanEditorProps } from "./FloorPlanEditor";
export type { PlanSeat, PlanSeatStatus, PlanZone } from "./seats";
