/**
 * Shows something for the organisation that the portal is used for, once that is known; strangers are told what to do.
 */
import { useOrganisations } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import type { Organisation } from "@millstream/kit/client";
import type { ReactNode } from "react";

interface Props {
  readonly children: (organisation: Organisation) => ReactNode;
}

export function OrganisationGate({ children }: Props) {
  const { current, organisations, error, reload } = useOrganisations();
  if (current) return children(current);
  if (organisations) {
    return <EmptyState title="You belong to no organisation">Ask the people who run it for an invitation.</EmptyState>;
  }
  if (error) return <ErrorState title="Your organisations could not be loaded" error={error} onRetry={reload} />;
  return <LoadingState label="Loading your organisation" count={1} height={560} />;
}
