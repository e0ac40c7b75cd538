/**
 * What those who work there do with a booking, by its state; nothing for everybody else.
 */
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useOperation, useOrganisations } from "@millstream/kit/hooks";
import { Form, Panel, StepButtons } from "@millstream/kit/ui";
import { useState } from "react";
import type { BookingAnswer, BookingRow } from "../../rows";
import { refusals, tellRefusal } from "../booking/refusals";

type Step = "approve_booking" | "decline_booking" | "check_in_booking" | "complete_booking" | "mark_no_show";

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  pending: ["approve_booking", "decline_booking"],
  confirmed: ["check_in_booking", "mark_no_show"],
  checked_in: ["complete_booking"],
};
const LABELS: Readonly<Record<Step, string>> = {
  approve_booking: "Approve",
  decline_booking: "Decline",
  check_in_booking: "Check in",
  complete_booking: "Complete",
  mark_no_show: "Did not come",
};

export function StaffActions({ booking }: { readonly booking: BookingRow }) {
  const { organisations } = useOrganisations();
  const steps = STEPS[booking.status] ?? [];
  if (!organisations?.some(({ id }) => id === booking.organisation_id)) return null;
  return (
    <Panel title="For the staff">
      <Stack>
        {steps.length > 0 && (
          <Group>
            <StepButtons
              steps={steps}
              labels={LABELS}
              params={{ booking_id: booking.id }}
              refusals={refusals}
              zone={booking.timezone}
            />
          </Group>
        )}
        <NoteForm booking={booking} />
      </Stack>
    </Panel>
  );
}

function NoteForm({ booking }: { readonly booking: BookingRow }) {
  const [text, setText] = useState("");
  const add = useOperation<{ booking_id: string; text: string }, BookingAnswer>("add_booking_note", {
    onSuccess: () => setText(""),
    onError: tellRefusal("note", booking.timezone),
  });
  const note = text.trim();
  const send = (): void => {
    if (note !== "" && !add.isPending) add.mutate({ booking_id: booking.id, text: note });
  };
  return (
    <Form onSubmit={send}>
      <Textarea
        label="Note"
        description="For those who work here alone; it stands in the timeline."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2000}
      />
      <Button type="submit" variant="default" w="fit-content" disabled={note === ""} loading={add.isPending}>
        Add the note
      </Button>
    </Form>
  );
}
