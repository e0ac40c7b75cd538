/**
 * Moves and zooms a plan: by dragging, by two fingers, by the wheel with Ctrl or while the plan has the focus, by
 * buttons. One finger scrolls the page as long as the whole plan is seen.
 */
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { middleOf, moved, type Point, showing, type Size, type View, viewBox, WHOLE, zoomed } from "./view";

const BUTTON_FACTOR = 1.5;
const WHEEL_FACTOR = 1.0015;
/** Less is a click of an unsteady hand. */
const DRAG_PX = 5;

export interface PanZoom {
  readonly view: View;
  readonly svg: RefObject<SVGSVGElement | null>;
  readonly viewBox: string;
  readonly zoom: (direction: "in" | "out") => void;
  readonly showAll: () => void;
  /** Bring a point into sight. */
  readonly reveal: (point: Point, around: number) => void;
  /** Where on the plan something happened. */
  readonly planPoint: (event: { readonly clientX: number; readonly clientY: number }) => Point;
  /** Whether a drag has just ended, whose click means nothing. */
  readonly wasDragged: () => boolean;
  readonly handlers: Readonly<
    Record<
      "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel",
      (event: PointerEvent<SVGSVGElement>) => void
    >
  >;
}

export function usePanZoom(size: Size): PanZoom {
  const svg = useRef<SVGSVGElement>(null);
  const [view, setView] = useState(WHOLE);
  const { width, height } = size;
  const change = useCallback(
    (next: (view: View, size: Size) => View) => setView((now) => next(now, { width, height })),
    [width, height],
  );
  const planPoint = useCallback<PanZoom["planPoint"]>((event) => pointOf(svg.current, event), []);
  const drag = useDrag(change, planPoint);

  useEffect(() => {
    const element = svg.current;
    const turn = (event: WheelEvent): void => {
      if (!event.ctrlKey && !element?.contains(document.activeElement)) return;
      event.preventDefault();
      const at = pointOf(element, event);
      change((now, whole) => zoomed(now, whole, WHEEL_FACTOR ** -event.deltaY, at));
    };
    // React listens passively, where the page could not be kept from scrolling.
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [change]);

  return {
    view,
    svg,
    viewBox: viewBox(view, size),
    zoom: (direction) => {
      const factor = direction === "in" ? BUTTON_FACTOR : 1 / BUTTON_FACTOR;
      change((now, whole) => zoomed(now, whole, factor, middleOf(now, whole)));
    },
    showAll: () => setView(WHOLE),
    reveal: (point, around) => change((now, whole) => showing(now, whole, point, around)),
    planPoint,
    ...drag,
  };
}

type Change = (next: (view: View, size: Size) => View) => void;

/** One pointer moves the plan, two zoom it. */
function useDrag(change: Change, planPoint: PanZoom["planPoint"]): Pick<PanZoom, "handlers" | "wasDragged"> {
  const pointers = useRef(new Map<number, PointerEvent>());
  const isDragging = useRef(false);

  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    if (pointers.current.size === 0) isDragging.current = false;
    pointers.current.set(event.pointerId, event);
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    if (!isDragging.current && distance(before, event) < DRAG_PX) return;
    if (!isDragging.current) event.currentTarget.setPointerCapture(event.pointerId);
    isDragging.current = true;
    const other = [...pointers.current.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const [from, to] = [planPoint(before), planPoint(event)];
    if (other) change((now, whole) => zoomed(now, whole, pinched(other, before, event), planPoint(other)));
    else change((now, whole) => moved(now, whole, { x: from.x - to.x, y: from.y - to.y }));
    pointers.current.set(event.pointerId, event);
  };
  const onPointerUp = (event: PointerEvent<SVGSVGElement>): void => {
    pointers.current.delete(event.pointerId);
    // After the click that the browser makes of it.
    if (pointers.current.size === 0) setTimeout(() => (isDragging.current = false));
  };
  const handlers = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp };
  return { handlers, wasDragged: () => isDragging.current };
}

type Placed = Pick<PointerEvent, "clientX" | "clientY">;

function pinched(fixed: Placed, before: Placed, now: Placed): number {
  return distance(fixed, now) / Math.max(1, distance(fixed, before));
}

function distance(one: Placed, other: Placed): number {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}

function pointOf(svg: SVGSVGElement | null, { clientX, clientY }: Placed): Point {
  const matrix = svg?.getScreenCTM();
  if (!matrix) return { x: 0, y: 0 };
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  return { x, y };
}
