/**
 * Gives a page its project: one client, one connection truth, one session, one query cache.
 */
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { ProjectClient } from "../client";
import { Announcer, ChannelManager, Chime, Connection, LiveRegistry, SessionWatch } from "../live";
import { type Project, ProjectContext } from "./project";

interface Props {
  readonly client: ProjectClient;
  readonly queryClient: QueryClient;
  readonly children: ReactNode;
}

export function ProjectProvider({ client, queryClient, children }: Props) {
  const [project] = useState<Project>(() => ({
    client,
    connection: new Connection(client),
    session: new SessionWatch(client),
    live: new LiveRegistry(),
    channels: new ChannelManager(),
    announcer: new Announcer(),
    chime: new Chime(client.config.name),
  }));
  useEffect(() => {
    project.connection.start();
    project.session.start();
    return () => {
      project.connection.stop();
      project.session.stop();
    };
  }, [project]);
  return (
    <QueryClientProvider client={queryClient}>
      <ProjectContext value={project}>{children}</ProjectContext>
    </QueryClientProvider>
  );
}
