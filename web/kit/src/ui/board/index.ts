export { type BoardPart, CountBoard } from "./CountBoard";
