/**
 * What the project's sign-in offers; undefined until it is known.
 */
import { useQuery } from "@tanstack/react-query";
import { type AuthSettings, loadAuthSettings } from "../client";
import { useProject } from "./project";

export function useAuthSettings(): AuthSettings | undefined {
  const { client } = useProject();
  return useQuery({ queryKey: ["auth", "settings"], queryFn: () => loadAuthSettings(client) }).data;
}
