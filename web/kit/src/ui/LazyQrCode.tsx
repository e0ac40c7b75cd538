/**
 * A QR code, whose library is loaded when the first is shown.
 */
import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { QrCodeProps } from "./QrCode";

export type { QrCodeProps } from "./QrCode";

const Drawn = lazy(async () => ({ default: (await import("./QrCode")).QrCode }));

export function QrCode(props: QrCodeProps) {
  const { size = 180 } = props;
  return (
    <Suspense fallback={<Skeleton width={size} height={size} />}>
      <Drawn {...props} />
    </Suspense>
  );
}
