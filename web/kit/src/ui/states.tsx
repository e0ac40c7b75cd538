/**
 * The three states besides "here it is" that every list has: nothing there, not there yet, not to be had.
 */
import { Button, Skeleton, VisuallyHidden } from "@mantine/core";
import { IconMoodEmpty, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./states.module.css";

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

export function EmptyState({ title, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <IconMoodEmpty size={44} stroke={1.4} aria-hidden="true" />
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}

interface ErrorProps {
  readonly title: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function ErrorState({ title, error, onRetry }: ErrorProps) {
  return (
    <div className={styles.state} role="alert">
      <IconPlugConnectedX size={44} stroke={1.4} aria-hidden="true" />
      <h2>{title}</h2>
      <p>{error.message}</p>
      <Button variant="light" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

interface LoadingProps {
  readonly label: string;
  readonly count: number;
  readonly height: number;
  readonly className?: string | undefined;
}

export function LoadingState({ label, count, height, className }: LoadingProps) {
  return (
    <div className={className ?? styles.skeletons} role="status" aria-busy="true">
      <VisuallyHidden>{label}</VisuallyHidden>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={height} radius="lg" />
      ))}
    </div>
  );
}
