/**
 * What a portal is told about its project before it can say anything: served as `config.json` beside the page.
 */
export interface DemoUser {
  readonly label: string;
  readonly email: string;
  readonly password: string;
}

export interface ProjectConfig {
  /** The project's short name, part of its paths: `lodgetix`. */
  readonly name: string;
  readonly title: string;
  /** The publishable key. It is no secret: every visitor has it, and it carries the role `anon`. */
  readonly anonKey: string;
  readonly demo: boolean;
  readonly demoUsers?: readonly DemoUser[];
}

/** The address of the project: the page's `<base href>`, which ends with a slash. */
export function projectUrl(): URL {
  return new URL(".", document.baseURI);
}

/** Load the project's configuration; reject with a sentence that a person can act on. */
export async function loadConfig(): Promise<ProjectConfig> {
  const response = await fetch(new URL("config.json", projectUrl()), { cache: "no-cache" });
  if (!response.ok) throw new Error(`The server answered ${response.status} when asked for this page's settings.`);
  return (await response.json()) as ProjectConfig;
}
