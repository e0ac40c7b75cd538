/**
 * What every hook of a page shares: the client, the connection, the live stores, what speaks and what sounds.
 */
import { createContext, useContext } from "react";
import type { ProjectClient } from "../client";
import type { Announcer, ChannelManager, Chime, Connection, LiveRegistry, Rooms, SessionWatch } from "../live";

export interface Project {
  readonly client: ProjectClient;
  readonly connection: Connection;
  readonly session: SessionWatch;
  /** Where socket.io events are heard; connects when a component uses it. */
  readonly rooms: Rooms;
  readonly live: LiveRegistry;
  /** For code that subscribes by itself rather than through `useLiveRows`. */
  readonly channels: ChannelManager;
  readonly announcer: Announcer;
  readonly chime: Chime;
}

export const ProjectContext = createContext<Project | null>(null);

/** Return the page's project; throws outside `ProjectProvider`, which is a mistake of the programmer. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("This component must stand inside a ProjectProvider.");
  return project;
}
