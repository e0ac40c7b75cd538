/**
 * Events of an organisation as they happen: a timeline, toasts for new ones, files of them.
 */
import { Button, Group } from "@mantine/core";
import { useProject } from "@millstream/kit/hooks";
import { downloadFile, EventTimeline, LiveChip, Panel, SoundSwitch, useToastStream } from "@millstream/kit/ui";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import type { BookingEventRow } from "../../rows";
import { entryOf, titleOf } from "./eventEntries";
import { useOrganisationEvents } from "./useOrganisationEvents";

interface Props {
  readonly organisation: string;
  /** The zone of the place. */
  readonly zone: string;
  readonly maxEvents?: number;
}

export function RealTimeBookingEvents({ organisation, zone, maxEvents = 50 }: Props) {
  const tell = useToastStream<BookingEventRow>({
    one: ({ event_type, description }, key) => ({
      id: key,
      kind: "news",
      title: titleOf(event_type),
      message: description,
    }),
    many: (events) => ({ id: "events", kind: "news", title: `${events.size} new events` }),
    withSound: true,
  });
  const [clearedAt, setClearedAt] = useState(0);
  const stream = useOrganisationEvents(organisation, maxEvents, (event) => tell(event.booking_id, event));
  const shown = stream.events?.filter(({ created_at }) => Date.parse(created_at) > clearedAt);
  const { client } = useProject();
  return (
    <Panel
      title="Live events"
      lead="Every step of every booking of your organisation, in the moment it is committed."
      action={
        <Group gap="xs">
          <SoundSwitch />
          <LiveChip />
        </Group>
      }
    >
      <Group mb="md">
        <Button variant="default" size="compact-md" onClick={() => setClearedAt(client.now())}>
          Clear Events
        </Button>
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
          onClick={() => downloadFile("booking-events.json", "application/json", JSON.stringify(shown ?? [], null, 2))}
        >
          JSON
        </Button>
      </Group>
      <EventTimeline
        label="Live events"
        events={shown}
        error={stream.error}
        reload={stream.reload}
        entryOf={(event) => entryOf(event, zone)}
        zone={zone}
        maxHeight={720}
      />
    </Panel>
  );
}
