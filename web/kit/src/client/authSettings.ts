/**
 * What the project's sign-in offers, so that pages show only what works.
 */
import { authRequest } from "./authRequests";
import type { ProjectClient } from "./project";

interface Answer {
  readonly external: Readonly<Record<string, boolean>>;
  readonly disable_signup: boolean;
  readonly mailer_autoconfirm: boolean;
  readonly mail_enabled?: boolean;
  readonly organisations_enabled?: boolean;
  readonly password_min_length?: number;
}

export interface AuthSettings {
  readonly guests: boolean;
  readonly signUp: boolean;
  /** Whether mails arrive: links to sign in, forgotten passwords. */
  readonly mail: boolean;
  /** Whether people may make organisations. */
  readonly organisations: boolean;
  /** Identity providers by their names. */
  readonly providers: readonly string[];
  readonly passwordLength: number;
}

/** Ways to sign in that the settings name beside the identity providers. */
const NO_PROVIDERS = new Set(["anonymous_users", "email", "phone"]);

export async function loadAuthSettings(client: ProjectClient): Promise<AuthSettings> {
  return readAuthSettings(await authRequest<Answer>(client, "GET", "/settings"));
}

export function readAuthSettings(answer: Answer): AuthSettings {
  const providers = Object.keys(answer.external).filter((name) => answer.external[name] && !NO_PROVIDERS.has(name));
  return {
    guests: answer.external.anonymous_users ?? false,
    signUp: !answer.disable_signup,
    mail: answer.mail_enabled ?? true,
    organisations: answer.organisations_enabled ?? false,
    providers: providers.sort(),
    passwordLength: answer.password_min_length ?? 6,
  };
}
