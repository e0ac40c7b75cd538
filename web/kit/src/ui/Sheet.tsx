/**
 * What belongs to something that was chosen on the page: at the foot of a phone, at the side of anything wider.
 */
import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import styles from "./Sheet.module.css";

interface Props {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Sheet({ title, opened, onClose, children }: Props) {
  const isWide = useMediaQuery("(min-width: 768px)");
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position={isWide ? "right" : "bottom"}
      size={isWide ? 440 : "auto"}
      classNames={{ content: clsx(!isWide && styles.atFoot), title: styles.title }}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={styles.sheet}>{children}</div>
    </Drawer>
  );
}
