/**
 * What the roles in an organisation may do, in words, and who may give them to whom. Pure; the server decides.
 */
import type { OrganisationRole } from "../client";

const DESCRIPTIONS: Readonly<Record<OrganisationRole, string>> = {
  owner: "Owners do everything.",
  manager: "Managers run the organisation, invite people, and change staff and customers.",
  staff: "Staff do the daily work and see who belongs.",
  customer: "Customers see what is theirs.",
};

export const ROLE_NAMES: Readonly<Record<OrganisationRole, string>> = {
  owner: "Owner",
  manager: "Manager",
  staff: "Staff",
  customer: "Customer",
};

export function describeRole(role: OrganisationRole): string {
  return DESCRIPTIONS[role];
}

/** Return the roles that somebody may give, and so take: owners all, managers those below themselves. */
export function rolesToGive(own: OrganisationRole): readonly OrganisationRole[] {
  if (own === "owner") return ["owner", "manager", "staff", "customer"];
  return own === "manager" ? ["staff", "customer"] : [];
}

export function mayInvite(own: OrganisationRole): boolean {
  return rolesToGive(own).length > 0;
}

export function maySeeMembers(own: OrganisationRole): boolean {
  return own !== "customer";
}
