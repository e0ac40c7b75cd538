/**
 * Signing in through the identity providers that the project has configured; nothing where there are none.
 */
import { Button, Divider } from "@mantine/core";
import { IconBrandGithub, IconBrandGitlab, IconBrandGoogle, IconBrandWindows, IconKey } from "@tabler/icons-react";
import { signInWithProvider } from "../client";
import { useAction, useAuthSettings } from "../hooks";
import { showToast } from "../ui";
import { say } from "./sayings";

const SIGNS = {
  google: IconBrandGoogle,
  github: IconBrandGithub,
  gitlab: IconBrandGitlab,
  azure: IconBrandWindows,
} as const;
const NAMES: Readonly<Record<string, string>> = { github: "GitHub", gitlab: "GitLab", azure: "Microsoft" };

export function ProviderButtons({ next }: { readonly next: string }) {
  const providers = useAuthSettings()?.providers ?? [];
  const leave = useAction((client, provider: string) => signInWithProvider(client, provider, next), {
    onError: (refusal) =>
      showToast({ id: "sign-in", kind: "problem", title: "Signing in did not work", message: say(refusal) }),
  });
  if (providers.length === 0) return null;
  return (
    <>
      {providers.map((provider) => {
        const Sign = provider in SIGNS ? SIGNS[provider as keyof typeof SIGNS] : IconKey;
        return (
          <Button
            key={provider}
            variant="default"
            size="md"
            leftSection={<Sign size={18} aria-hidden="true" />}
            disabled={leave.isPending}
            onClick={() => leave.mutate(provider)}
          >
            Continue with {providerName(provider)}
          </Button>
        );
      })}
      <Divider label="or" />
    </>
  );
}

export function providerName(provider: string): string {
  return NAMES[provider] ?? provider.charAt(0).toUpperCase() + provider.slice(1);
}
