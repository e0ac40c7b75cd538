/**
 * Checks a student in by the code of the booking, typed or read by a scanner, which types it and presses Enter.
 */
import { Button, Group, Modal, TextInput } from "@mantine/core";
import { cleanCode, showToast } from "@millstream/kit/ui";
import { useState } from "react";
import { sayRefusal } from "../booking/refusals";
import { sayCheckIn, useCheckIn } from "../kiosk/useCheckIn";
import styles from "./OwnerPage.module.css";

interface Props {
  readonly zone: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CheckInByCode({ zone, opened, onClose }: Props) {
  const [code, setCode] = useState("");
  const checkIn = useCheckIn("desk", {
    onSuccess: (booking) => {
      showToast({ id: "check-in", kind: "good", ...sayCheckIn(booking) });
      setCode("");
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Check in by code" centered>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (code !== "" && !checkIn.isPending) checkIn.mutate(code);
        }}
      >
        <TextInput
          label="Code of the booking"
          description="Eight letters, or a scan of the student's QR code."
          data-autofocus
          autoComplete="off"
          value={code}
          onChange={(event) => setCode(cleanCode(event.currentTarget.value))}
          error={checkIn.error && sayRefusal(checkIn.error, zone)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" disabled={code === ""} loading={checkIn.isPending}>
            Check in
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
