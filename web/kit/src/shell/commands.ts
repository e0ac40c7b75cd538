/**
 * What the command palette can do: go somewhere, or run something.
 */
import type { LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Named {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly group?: string;
  readonly icon?: ReactNode;
  /** Other words by which it is found. */
  readonly keywords?: readonly string[];
}

export type Command =
  | (Named & { readonly link: LinkProps; readonly run?: never })
  | (Named & { readonly run: () => void; readonly link?: never });

export interface Palette {
  readonly commands?: readonly Command[];
  /** Find more by what was typed: records of the application. Called when the typing pauses. */
  readonly search?: (query: string) => Promise<readonly Command[]>;
}
