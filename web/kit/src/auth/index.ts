export { nameOf } from "./names";
export { linkTo, useHere } from "./navigation";
export { type AccountPath, PATHS, safeNext } from "./paths";
export { ROLE_NAMES } from "./roles";
export { withAccountPages } from "./routes";
