export { type DayOfSlots, daysOfSlots, type Slot } from "./slotDays";
export { SlotPicker, type SlotPickerProps } from "./SlotPicker";
