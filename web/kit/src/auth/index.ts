export { nameOf } from "./names";
export { linkTo, useHere } from "./navigation";
export { OrganisationPeople } from "./OrganisationPeople";
export { type AccountPath, PATHS, safeNext } from "./paths";
export { ROLE_NAMES } from "./roles";
export { withAccountPages } from "./routes";
