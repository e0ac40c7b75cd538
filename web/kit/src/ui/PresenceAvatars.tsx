/**
 * Who else is here: overlapping pictures, the first few by name, the rest as a number. Nothing while nobody else is.
 *
 * The sentence that screen readers hear is the label; it is not spoken by itself each time somebody comes or goes.
 */
import { Avatar, Tooltip } from "@mantine/core";
import { PersonAvatar } from "./PersonAvatar";

interface Person {
  readonly key: string;
  readonly name: string;
  /** What they do here: `editing`. */
  readonly doing?: string;
}

interface Props {
  readonly people: readonly Person[];
  /** How many pictures; more become a number. */
  readonly most?: number;
  readonly size?: number;
}

const MOST = 5;

export function PresenceAvatars({ people, most = MOST, size = 32 }: Props) {
  if (people.length === 0) return null;
  // One more than fits is shown rather than "+1", which takes the same place and says less.
  const shown = people.length <= most + 1 ? people : people.slice(0, most);
  const rest = people.slice(shown.length);
  return (
    <Avatar.Group
      spacing={size / 4}
      role="group"
      aria-label={`Also here: ${people.map(({ name }) => name).join(", ")}`}
    >
      {shown.map(({ key, name, doing }) => (
        <Tooltip key={key} label={doing === undefined ? name : `${name}, ${doing}`}>
          <span>
            <PersonAvatar name={name} size={size} />
          </span>
        </Tooltip>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.map(({ name }) => name).join(", ")}>
          <Avatar size={size} aria-hidden="true">{`+${rest.length}`}</Avatar>
        </Tooltip>
      )}
    </Avatar.Group>
  );
}
