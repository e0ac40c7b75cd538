/**
 * The people of an organisation, for pages of a portal; loaded when it is first shown.
 */
import { type ComponentProps, lazy, Suspense } from "react";
import { LoadingState } from "../ui";

const People = lazy(async () => ({ default: (await import("./pages/OrganisationPeople")).OrganisationPeople }));

export function OrganisationPeople(props: ComponentProps<typeof People>) {
  return (
    <Suspense fallback={<LoadingState label="Loading the members" count={3} height={64} />}>
      <People {...props} />
    </Suspense>
  );
}
