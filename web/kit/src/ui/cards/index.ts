export { Card, CardTitle } from "./Card";
export { CardGrid } from "./CardGrid";
export { FrontPage } from "./FrontPage";
