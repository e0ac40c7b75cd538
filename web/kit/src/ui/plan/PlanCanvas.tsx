/**
 * The paper of a plan: as large as the zone, to be moved and zoomed, with the patterns that seats are filled with.
 */
import { ActionIcon, Group } from "@mantine/core";
import { IconArrowsMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import styles from "./plan.module.css";
import type { PlanZone } from "./seats";
import type { PanZoom } from "./usePanZoom";

/** A small room is not drawn larger than this many pixels a unit. */
const LARGEST = 2;

interface Props {
  readonly zone: PlanZone;
  readonly label: string;
  readonly panZoom: PanZoom;
  /** Buttons beside those that zoom. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function PlanCanvas({ zone, label, panZoom, tools, children }: Props) {
  const { view, svg, viewBox, handlers, zoom, showAll } = panZoom;
  const { width, height } = zone;
  return (
    <div className={styles.canvas}>
      <svg
        ref={svg}
        className={clsx(styles.paper, view.scale > 1 && styles.near)}
        viewBox={viewBox}
        style={{ aspectRatio: `${width} / ${height}`, maxWidth: width * LARGEST }}
        role="group"
        aria-label={label}
        {...handlers}
      >
        <rect className={styles.ground} width={width} height={height} rx={8} />
        {children}
      </svg>
      <Group className={styles.tools ?? ""} gap={6}>
        {tools}
        <Tool label="Zoom in" onClick={() => zoom("in")}>
          <IconPlus size={18} aria-hidden="true" />
        </Tool>
        <Tool label="Zoom out" onClick={() => zoom("out")} disabled={view.scale === 1}>
          <IconMinus size={18} aria-hidden="true" />
        </Tool>
        <Tool label="Show all" onClick={showAll} disabled={view.scale === 1}>
          <IconArrowsMaximize size={18} aria-hidden="true" />
        </Tool>
      </Group>
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function Tool({ label, disabled = false, onClick, children }: ToolProps) {
  return (
    <ActionIcon variant="default" size={34} radius="md" aria-label={label} {...{ disabled, onClick }}>
      {children}
    </ActionIcon>
  );
}
