/**
 * Checking in at the entrance by the code of a booking.
 */
import { RequestFailed } from "@millstream/kit/client";
import { type ScanOutcome, ScanPanel } from "@millstream/kit/ui";
import { refusal } from "../booking/refusals";
import { sayCheckIn, useCheckIn } from "./useCheckIn";

interface Props {
  readonly zone: string;
  readonly isConnected: boolean;
}

const INVITATION = {
  title: "Check in here",
  message: "Hold the QR code of your booking to the scanner, or type its code.",
};

export function KioskCheckIn({ zone, isConnected }: Props) {
  const checkIn = useCheckIn("entrance", {});
  const scan = async (code: string): Promise<ScanOutcome> => {
    try {
      return { isGood: true, ...sayCheckIn(await checkIn.mutateAsync(code)) };
    } catch (failed) {
      if (!(failed instanceof RequestFailed)) throw failed;
      return { isGood: false, ...refusal(failed, zone) };
    }
  };
  return (
    <ScanPanel
      label="Check in"
      fieldLabel="Code of your booking"
      invitation={INVITATION}
      closed={isConnected ? null : "No connection: check in at the desk, please."}
      onScan={scan}
    />
  );
}
