/**
 * What a refusal of sign-in means, and what to do about it, in a sentence. Pure.
 *
 * Decided by the server's code; a code that is not known here is said in the server's own words.
 */
import type { RequestFailed } from "../client";

const SAYINGS: Readonly<Record<string, string>> = {
  network: "The server could not be reached. What you typed is still here; try again.",
  invalid_credentials: "The address or the password is wrong.",
  email_not_confirmed: "Your address is not confirmed yet. Follow the link in the email that we sent you.",
  user_banned: "This account is closed for now.",
  user_already_exists: "There is an account with this address already. Sign in instead.",
  email_exists: "There is an account with this address already.",
  email_address_invalid: "This is not an address that email can be sent to.",
  signup_disabled: "New accounts are not taken here.",
  anonymous_provider_disabled: "Guests are not admitted here.",
  same_password: "This is your present password. Choose another one.",
  email_provider_disabled: "No email can be sent here. Ask whoever runs this site.",
  otp_disabled: "Signing in by email is not offered here.",
  otp_expired: "This code or link does not count any more: it was used, is too old, or a newer one was sent.",
  reauthentication_needed: "You signed in long ago. Type the code that we emailed you to confirm that it is you.",
  reauthentication_not_valid: "This code is wrong or too old.",
  mfa_verification_failed: "This code is wrong. Each code counts once and for half a minute.",
  mfa_challenge_expired: "This took too long. Type the code that is shown now.",
  mfa_factor_name_conflict: "You have an authenticator of this name already.",
  too_many_enrolled_mfa_factors: "You have as many authenticators as an account may have. Remove one first.",
  insufficient_aal: "Confirm your sign-in with your authenticator first.",
  session_not_found: "You are signed out. Sign in again.",
  session_expired: "Your session is over. Sign in again.",
  provider_disabled: "This way of signing in is not offered here.",
  over_request_rate_limit: "Too many attempts. Wait a moment, then try again.",
  over_email_send_rate_limit: "Too many emails were asked for. Wait a while, and look into your spam folder meanwhile.",
  pkce_code_verifier_not_found:
    "This link was opened in another browser than the one that asked for it. Ask for a new one here.",
  flow_state_not_found: "This link was used already, or is too old. Ask for a new one.",
  flow_state_expired: "This link is too old. Ask for a new one.",
  bad_code_verifier: "This link belongs to another browser. Ask for a new one here.",
  link_empty: "There is nothing to do at this address. Follow the link of your email again.",
  organisation_not_found: "There is no such organisation, or you do not belong to it.",
  organisations_disabled: "New organisations are not taken here.",
  account_needed: "This needs an account. Make one first.",
  role_too_low: "Your role does not allow this.",
  slug_taken: "Another organisation has this name.",
  member_not_found: "This person does not belong to the organisation any more.",
  last_owner: "An organisation keeps an owner: make somebody else an owner first.",
  already_member: "This person belongs to the organisation already.",
  invitation_not_found: "It was accepted already, taken back, or is too old. Ask for a new one.",
  invitation_for_another: "This invitation is for another address.",
  provider_email_needs_verification: "The provider does not vouch for your address. Confirm it there first.",
  oauth_provider_unavailable: "The provider does not answer. Try again later, or sign in another way.",
  bad_oauth_state: "Signing in took too long or began in another browser. Try again.",
  bad_oauth_callback: "The provider refused to sign you in. Try again, or sign in another way.",
  access_denied: "Signing in was cancelled.",
};

const WEAK: Readonly<Record<string, string>> = {
  length: "it is too short or too long",
  characters: "it needs other kinds of characters",
  pwned: "it is known from a data leak",
};

/** Return the sentence for a refusal. */
export function say(refusal: RequestFailed): string {
  if (refusal.code === "weak_password") return sayWeak(refusal);
  return SAYINGS[refusal.code] ?? refusal.message;
}

function sayWeak({ details, message }: RequestFailed): string {
  const reasons = Array.isArray(details) ? details.map((reason) => WEAK[String(reason)]).filter(Boolean) : [];
  return reasons.length === 0 ? message : `Choose another password: ${reasons.join(", ")}. ${message}`;
}
