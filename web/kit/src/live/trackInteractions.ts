/**
 * The tracker of a page: writes what people do into the project's table of interactions, as whoever is signed in.
 */
import { interactionSink, type ProjectClient } from "../client";
import { InteractionTracker, visitId } from "./interactionTracker";

/** Return a tracker that has started; its `stop` writes the rest. */
export function trackInteractions(client: ProjectClient, table = "user_interactions"): InteractionTracker {
  const sink = interactionSink(client, table);
  const tracker = new InteractionTracker({
    send: (interactions) => sink.send(interactions),
    sessionId: visitId,
    userId: () => sink.userId,
  });
  tracker.start();
  return tracker;
}
