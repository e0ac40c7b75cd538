/**
 * Registering a library, which administrators then approve.
 */
import type { Organisation } from "@millstream/kit/client";
import { mayManage, OfficePage } from "@millstream/kit/shell";
import { EmptyState, NewPlaceForm, showToast } from "@millstream/kit/ui";
import { useNavigate } from "@tanstack/react-router";
import { sayRefusal } from "../../features/booking/refusals";
import { useOwnLibraries } from "../../features/owner/useOwnLibraries";

export function NewLibraryPage() {
  return (
    <OfficePage
      title="Register a library"
      lead="Students see it as soon as an administrator approves it. Hours, seats and prices can be prepared until then."
    >
      {(organisation) => (mayManage(organisation) ? <NewLibrary organisation={organisation} /> : FOR_MANAGERS)}
    </OfficePage>
  );
}

const FOR_MANAGERS = <EmptyState title="Owners and managers register libraries">Ask one of them to do it.</EmptyState>;

function NewLibrary({ organisation: { id } }: { readonly organisation: Organisation }) {
  const { choose } = useOwnLibraries(id);
  const navigate = useNavigate();
  return (
    <NewPlaceForm
      table="libraries"
      organisation={id}
      noun="library"
      say={sayRefusal}
      onDone={(library, { name }) => {
        choose(library);
        const message = "Say when it is open, put its seats on the plan, and set a price.";
        showToast({ id: "registered", kind: "good", title: `${name} is registered`, message });
        void navigate({ to: "/owner/library" });
      }}
    />
  );
}
