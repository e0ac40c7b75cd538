/**
 * Short messages at the edge of the page. One id is one message: a newer one replaces it instead of piling up.
 */
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconBell, IconCircleCheck, IconFlame } from "@tabler/icons-react";

export type ToastKind = "news" | "good" | "warning" | "problem";

const LOOKS = {
  news: { color: "brand", icon: <IconBell size={20} />, autoClose: 6_000, role: "status" },
  good: { color: "green", icon: <IconCircleCheck size={20} />, autoClose: 4_000, role: "status" },
  warning: { color: "orange", icon: <IconFlame size={20} />, autoClose: 6_000, role: "status" },
  problem: { color: "red", icon: <IconAlertTriangle size={20} />, autoClose: 8_000, role: "alert" },
} as const;

export interface Toast {
  readonly id: string;
  readonly kind: ToastKind;
  readonly title: string;
  readonly message?: string;
  /** Not spoken by itself: whoever shows it says it otherwise. */
  readonly isQuiet?: boolean;
}

export function showToast({ id, kind, title, message = "", isQuiet = false }: Toast): void {
  const data = { id, title, message, withBorder: true, ...LOOKS[kind], ...(isQuiet && { role: "presentation" }) };
  notifications.hide(id);
  notifications.show({ ...data, closeButtonProps: { "aria-label": "Dismiss" } });
}
