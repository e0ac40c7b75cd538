/**
 * Asks for a decision that can be left alone: what it is about, then the way back and the step itself.
 */
import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./DecisionDialog.module.css";

interface Props {
  readonly opened: boolean;
  readonly title: string;
  /** Wide enough for a calendar. */
  readonly isWide?: boolean;
  /** The button that changes nothing. */
  readonly keep: string;
  readonly action: string;
  /** False until something was chosen. */
  readonly isReady?: boolean;
  readonly isPending: boolean;
  readonly onDecide: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function DecisionDialog(props: Props) {
  const { opened, title, isWide = false, keep, action, isReady = true, isPending, onDecide, onClose, children } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={isWide ? "xl" : "md"} centered>
      <div className={styles.decision}>
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {keep}
          </Button>
          <Button disabled={!isReady} loading={isPending} onClick={onDecide}>
            {action}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
