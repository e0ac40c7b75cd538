/**
 * The addresses of the account pages, below the portal's own, and the path to go on to after signing in. Pure.
 */
export const PATHS = {
  signIn: "/sign-in",
  signUp: "/sign-up",
  forgotPassword: "/forgot-password",
  setPassword: "/set-password",
  callback: "/auth/callback",
  invitation: "/invitation",
  account: "/account",
  profile: "/account/profile",
  security: "/account/security",
  sessions: "/account/sessions",
  organisations: "/account/organisations",
} as const;

export type AccountPath = (typeof PATHS)[keyof typeof PATHS];

/** Pages that nobody wants to come back to: they lead to signing in. */
const ENTRANCES: readonly string[] = [PATHS.signIn, PATHS.signUp, PATHS.forgotPassword, PATHS.callback];

/** Return a path of this portal to go on to: what the address bar says may come from anybody. */
export function safeNext(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/") || /^\/[/\\]|[\\\s]/.test(wanted)) return "/";
  const origin = "http://portal.invalid";
  const url = URL.parse(wanted, origin);
  if (url?.origin !== origin) return "/";
  return ENTRANCES.includes(url.pathname) ? "/" : wanted;
}
