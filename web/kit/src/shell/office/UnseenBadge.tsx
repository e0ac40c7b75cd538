/**
 * How much of a kind came that nobody has looked at yet, beside an entry of the side bar; nothing where there is none.
 */
import { Badge, VisuallyHidden } from "@mantine/core";
import { useOrganisations } from "../../hooks";
import { useUnseen } from "./useUnseen";

export function UnseenBadge({ kind }: { readonly kind: string }) {
  const { current } = useOrganisations();
  const count = useUnseen(kind, current?.id).links.length;
  if (count === 0) return null;
  return (
    <Badge color="red.9" size="sm" circle={count < 10} className="kit-numbers" data-testid="unseen">
      {count}
      <VisuallyHidden> new</VisuallyHidden>
    </Badge>
  );
}
