/**
 * Checks a student in at the desk, by the code of the booking.
 */
import { CodeDialog, showToast } from "@millstream/kit/ui";
import { sayRefusal } from "../booking/refusals";
import { sayCheckIn, useCheckIn } from "../kiosk/useCheckIn";

interface Props {
  readonly zone: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CheckInByCode({ zone, opened, onClose }: Props) {
  const checkIn = useCheckIn("desk", {
    onSuccess: (booking) => showToast({ id: "check-in", kind: "good", ...sayCheckIn(booking) }),
  });
  return (
    <CodeDialog
      title="Check in by code"
      description="Eight letters, or a scan of the student's QR code."
      action="Check in"
      opened={opened}
      onClose={onClose}
      isPending={checkIn.isPending}
      problem={checkIn.error && sayRefusal(checkIn.error, zone)}
      onCode={(code, taken) => checkIn.mutate(code, { onSuccess: taken })}
    />
  );
}
