/**
 * The colours of the drawn scenes: a dark sky, a glow at its foot, what stands before it, and light.
 */
import type { Chance } from "../chance";

export interface Palette {
  readonly zenith: string;
  readonly sky: string;
  readonly glow: string;
  readonly far: string;
  readonly near: string;
  readonly light: string;
}

export interface SceneProps {
  /** Begins the ids of gradients, which are global in a document. */
  readonly id: string;
  readonly palette: Palette;
  readonly chance: Chance;
}

export const PALETTES = {
  royal: { zenith: "#10123a", sky: "#2c3191", glow: "#d7885a", far: "#232769", near: "#12143c", light: "#ffd88a" },
  wine: { zenith: "#1d0b2e", sky: "#6a1b5d", glow: "#f0775f", far: "#4a154b", near: "#240a30", light: "#ffcf9e" },
  pine: { zenith: "#08222f", sky: "#176073", glow: "#f3b27a", far: "#1b5263", near: "#0a2631", light: "#ffe9b8" },
} as const satisfies Record<string, Palette>;
