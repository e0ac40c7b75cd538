/**
 * The part of a plan that is seen, in the plan's own units. Pure.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View {
  /** The upper left corner of what is seen. */
  readonly x: number;
  readonly y: number;
  /** 1 shows the whole plan, 2 a quarter of it. */
  readonly scale: number;
}

export const WHOLE: View = { x: 0, y: 0, scale: 1 };
const MOST = 6;

/** Come nearer, or go away, while what is at a point stays there. */
export function zoomed(view: View, size: Size, factor: number, at: Point): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const ratio = view.scale / scale;
  return inside({ x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale }, size);
}

export function moved(view: View, size: Size, by: Point): View {
  return inside({ ...view, x: view.x + by.x, y: view.y + by.y }, size);
}

/** Move, where needed, until a point and what is around it is seen. */
export function showing(view: View, size: Size, { x, y }: Point, around: number): View {
  const [width, height] = [size.width / view.scale, size.height / view.scale];
  const isSeen =
    x - around >= view.x && x + around <= view.x + width && y - around >= view.y && y + around <= view.y + height;
  return isSeen ? view : inside({ ...view, x: x - width / 2, y: y - height / 2 }, size);
}

export function middleOf(view: View, size: Size): Point {
  return { x: view.x + size.width / view.scale / 2, y: view.y + size.height / view.scale / 2 };
}

export function viewBox(view: View, size: Size): string {
  return [view.x, view.y, size.width / view.scale, size.height / view.scale].join(" ");
}

/** Keep a point on the plan, on the lines of a grid. */
export function placed({ x, y }: Point, size: Size, grid: number): Point {
  const on = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value / grid) * grid));
  return { x: on(x, size.width), y: on(y, size.height) };
}

function inside({ x, y, scale }: View, { width, height }: Size): View {
  const within = (value: number, length: number): number => Math.min(length - length / scale, Math.max(0, value));
  return { x: within(x, width), y: within(y, height), scale };
}
