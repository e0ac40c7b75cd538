/**
 * What each page of the owners' portal has: heading, the choice of the library, and why students cannot see it yet, where
 * they cannot.
 */
import { Alert, Button } from "@mantine/core";
import type { Organisation } from "@millstream/kit/client";
import { mayManage, OfficePage } from "@millstream/kit/shell";
import { EmptyState, Loaded, type Place, RowChoice } from "@millstream/kit/ui";
import { IconHourglass } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import type { LibraryRow } from "../../rows";
import { useOwnLibraries } from "./useOwnLibraries";

export interface Shown {
  readonly library: LibraryRow;
  /** The library as the kit knows places. */
  readonly place: Place;
  readonly organisation: Organisation;
  /** Owners and managers change what staff only see. */
  readonly mayManage: boolean;
}

interface Props {
  readonly title: string;
  readonly lead: string;
  /** Made anew for each library. */
  readonly children: (shown: Shown) => ReactNode;
}

export function OwnerPage({ title, lead, children }: Props) {
  return (
    <OfficePage title={title} lead={lead} beside={({ id }) => <LibraryChoice organisation={id} />}>
      {(organisation) => <OfLibrary organisation={organisation}>{children}</OfLibrary>}
    </OfficePage>
  );
}

function LibraryChoice({ organisation }: { readonly organisation: string }) {
  const { libraries = [], current, choose } = useOwnLibraries(organisation);
  return <RowChoice label="Library" rows={libraries} current={current} onChoose={choose} />;
}

function OfLibrary({ organisation, children }: Pick<Shown, "organisation"> & Pick<Props, "children">) {
  const { libraries, current, error, reload } = useOwnLibraries(organisation.id);
  return (
    <Loaded
      what="libraries"
      value={libraries}
      error={error}
      reload={reload}
      count={1}
      height={400}
      empty={<NoLibrary organisation={organisation} />}
    >
      {() =>
        current && (
          <Fragment key={current.id}>
            <Standing library={current} />
            {children({
              library: current,
              place: { column: "library_id", ...current },
              organisation,
              mayManage: mayManage(organisation),
            })}
          </Fragment>
        )
      }
    </Loaded>
  );
}

function NoLibrary({ organisation }: Pick<Shown, "organisation">) {
  if (!mayManage(organisation)) {
    return <EmptyState title="No library yet">Owners and managers of your organisation register it.</EmptyState>;
  }
  return (
    <EmptyState title="No library yet">
      <Button renderRoot={(props) => <Link to="/owner/libraries/new" {...props} />}>Register your library</Button>
    </EmptyState>
  );
}

function Standing({ library: { status } }: { readonly library: LibraryRow }) {
  if (status === "approved") return null;
  const isPending = status === "pending";
  return (
    <Alert
      color={isPending ? "yellow" : "red"}
      icon={<IconHourglass aria-hidden="true" />}
      title={isPending ? "This library waits for approval" : "This library is suspended"}
    >
      {isPending
        ? "Students will see it as soon as an administrator approves it. You can prepare everything now."
        : "Students do not see it. Ask an administrator of StudySpot."}
    </Alert>
  );
}
