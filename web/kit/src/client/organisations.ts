/**
 * Organisations as their people use them: which ones, who belongs to them in which role, who is invited.
 */
import { authRequest, granted } from "./authRequests";
import type { ProjectClient } from "./project";

export const ROLES = ["owner", "manager", "staff", "customer"] as const;
export type OrganisationRole = (typeof ROLES)[number];

export interface Organisation {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** The role of whoever asks. */
  readonly role: OrganisationRole;
}

export interface Member {
  readonly user_id: string;
  readonly role: OrganisationRole;
  readonly created_at: string;
  readonly email: string | null;
  /** Empty for people who have given none. */
  readonly name: string;
}

export interface SentInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: OrganisationRole;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface Invitation {
  readonly id: string;
  readonly organisation: Pick<Organisation, "id" | "name" | "slug">;
  readonly email: string;
  readonly role: OrganisationRole;
  readonly expires_at: string;
  /** Whether the address has an account to sign in to; else a password is chosen. */
  readonly has_account: boolean;
}

export async function listOrganisations(client: ProjectClient): Promise<readonly Organisation[]> {
  return (await authRequest<{ organisations: Organisation[] }>(client, "GET", "/organisations")).organisations;
}

/** Make an organisation with oneself as its owner; the page's access token says so afterwards. */
export async function createOrganisation(client: ProjectClient, name: string): Promise<Organisation> {
  const made = await authRequest<Organisation>(client, "POST", "/organisations", { name });
  await client.supabase.auth.refreshSession();
  return made;
}

export async function listMembers(client: ProjectClient, id: string): Promise<readonly Member[]> {
  return (await authRequest<{ members: Member[] }>(client, "GET", `/organisations/${id}/members`)).members;
}

export async function changeRole(
  client: ProjectClient,
  id: string,
  userId: string,
  role: OrganisationRole,
): Promise<void> {
  await authRequest(client, "PATCH", `/organisations/${id}/members/${userId}`, { role });
}

/** Remove somebody, or leave oneself with the own id. */
export async function removeMember(client: ProjectClient, id: string, userId: string): Promise<void> {
  await authRequest(client, "DELETE", `/organisations/${id}/members/${userId}`);
}

export async function listSentInvitations(client: ProjectClient, id: string): Promise<readonly SentInvitation[]> {
  const path = `/organisations/${id}/invitations`;
  return (await authRequest<{ invitations: SentInvitation[] }>(client, "GET", path)).invitations;
}

/** Mail an invitation; one that the address got before counts no more. */
export async function invite(
  client: ProjectClient,
  id: string,
  email: string,
  role: OrganisationRole,
): Promise<SentInvitation> {
  const page = encodeURIComponent(new URL("invitation", client.url).href);
  return authRequest(client, "POST", `/organisations/${id}/invitations?redirect_to=${page}`, { email, role });
}

export async function revokeInvitation(client: ProjectClient, id: string, invitationId: string): Promise<void> {
  await authRequest(client, "DELETE", `/organisations/${id}/invitations/${invitationId}`);
}

/** Return what an invitation's token offers, whoever is signed in. */
export async function readInvitation(client: ProjectClient, token: string): Promise<Invitation> {
  return authRequest(client, "POST", "/invitations/read", { token });
}

/** Return the invitations to the confirmed address of whoever is signed in. */
export async function listInvitations(client: ProjectClient): Promise<readonly Invitation[]> {
  return (await authRequest<{ invitations: Invitation[] }>(client, "GET", "/invitations")).invitations;
}

/** Join as whoever is signed in; the page's access token says so afterwards. */
export async function acceptInvitation(
  client: ProjectClient,
  by: { readonly token: string } | { readonly id: string },
): Promise<Organisation> {
  const joined = await authRequest<Organisation>(client, "POST", "/invitations/accept", by);
  await client.supabase.auth.refreshSession();
  return joined;
}

interface GrantedSession {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Join as somebody new, with a password of one's own choice; signs in. */
export async function acceptAsNewcomer(
  client: ProjectClient,
  token: string,
  { password, fullName }: { readonly password: string; readonly fullName: string },
): Promise<void> {
  const body = { token, password, data: { full_name: fullName } };
  // A guest who accepts becomes somebody else: the new account's session takes the place of the guest's.
  const asNobody = { asNobody: true };
  const session = await authRequest<GrantedSession>(client, "POST", "/invitations/accept", body, asNobody);
  const { access_token, refresh_token } = session;
  granted(await client.supabase.auth.setSession({ access_token, refresh_token }));
}
