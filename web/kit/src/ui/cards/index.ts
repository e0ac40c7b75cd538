export { CardGrid } from "./CardGrid";
export { FrontPage } from "./FrontPage";
