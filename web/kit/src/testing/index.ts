export { at, ManualFeed } from "./ManualFeed";
export { ManualFetch } from "./ManualFetch";
export { ManualRooms } from "./ManualRooms";
export { MemoryRows } from "./MemoryRows";
