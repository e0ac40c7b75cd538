export { type EventSaying, type LoggedEvent, sayEvent } from "./eventSayings";
export { EventTimeline } from "./EventTimeline";
export { type FigureCard, Figures, percent } from "./Figures";
export { RowChoice } from "./RowChoice";
export { StepButtons } from "./StepButtons";
export { useChosen, type UseChosen } from "./useChosen";
