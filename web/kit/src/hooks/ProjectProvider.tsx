/**
 * Gives a page its project: one client, one connection truth, one session, one query cache.
 */
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { FAST_ATTEMPTS, type ProjectClient } from "../client";
import { Announcer, ChannelManager, Chime, Connection, LiveRegistry, roomsOf, SessionWatch } from "../live";
import { type Project, ProjectContext } from "./project";

interface Props {
  readonly client: ProjectClient;
  readonly queryClient: QueryClient;
  /** Quick attempts of the connection to rooms, before it says that it is offline and tries more rarely. */
  readonly fastAttempts?: number;
  /** From when the data is that was kept from an earlier visit, where any was. */
  readonly dataFrom?: Date | null;
  readonly children: ReactNode;
}

export function ProjectProvider({ client, queryClient, children, ...options }: Props) {
  const { fastAttempts = FAST_ATTEMPTS, dataFrom: heardBefore = null } = options;
  const [project] = useState<Project>(() => ({
    client,
    connection: new Connection(client, globalThis, { heardBefore }),
    session: new SessionWatch(client),
    rooms: roomsOf(client, { fastAttempts, heardBefore }),
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
  // What was told in rooms while nobody was connected is not told again.
  useEffect(() => project.rooms.onMissed(() => void queryClient.invalidateQueries()), [project, queryClient]);
  return (
    <QueryClientProvider client={queryClient}>
      <ProjectContext value={project}>{children}</ProjectContext>
    </QueryClientProvider>
  );
}
