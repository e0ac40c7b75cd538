export { at, ManualFeed } from "./ManualFeed";
export { ManualFetch } from "./ManualFetch";
export { MemoryRows } from "./MemoryRows";
