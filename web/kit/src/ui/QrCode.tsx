/**
 * A QR code: dark on light in either colour scheme, because readers expect it so. What it is for is its label.
 */
import { QRCodeSVG } from "qrcode.react";

export interface QrCodeProps {
  readonly value: string;
  readonly label: string;
  readonly size?: number;
}

export function QrCode({ value, label, size = 180 }: QrCodeProps) {
  return (
    <QRCodeSVG value={value} size={size} title={label} level="M" marginSize={2} bgColor="#ffffff" fgColor="#111119" />
  );
}
