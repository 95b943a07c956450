import type uPlot from 'uplot';
import type { TimeLink } from '../time-link.js';

const ZOOM_STEP = 1.3;
/** How far a turn of the wheel moves, as a share of what is shown and a pixel of the wheel. */
const WHEEL_PAN = 0.0015;

/** Pointer and wheel over a chart tell all charts: point, drag to zoom, double click for the whole run, scroll sideways. */
export function listenToPlot(plot: uPlot, link: TimeLink): () => void {
  const { over } = plot;
  const move = (event: PointerEvent) => {
    const left = event.clientX - over.getBoundingClientRect().left;
    link.moveCursor(plot.posToVal(Math.min(Math.max(0, left), over.clientWidth), 'x'));
  };
  const leave = () => link.moveCursor(undefined);
  const reset = () => link.zoom(undefined);
  const wheel = (event: WheelEvent) => {
    const isZoom = event.ctrlKey || event.metaKey;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (!isZoom && Math.abs(sideways) <= (event.shiftKey ? 0 : Math.abs(event.deltaY))) return;
    event.preventDefault();
    const { min, max } = link.shown;
    if (isZoom) link.scale(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, link.state.cursor ?? (min + max) / 2);
    else link.pan(sideways * WHEEL_PAN);
  };
  over.addEventListener('pointermove', move);
  over.addEventListener('pointerleave', leave);
  over.addEventListener('dblclick', reset);
  over.addEventListener('wheel', wheel, { passive: false });
  return () => {
    over.removeEventListener('pointermove', move);
    over.removeEventListener('pointerleave', leave);
    over.removeEventListener('dblclick', reset);
    over.removeEventListener('wheel', wheel);
  };
}

/** The same from the keyboard, on the chart that has the focus. */
export function moveByKey(
  event: KeyboardEvent,
  link: TimeLink,
  { second, seconds }: { second: readonly number[]; seconds: readonly number[] },
): void {
  const { min, max } = link.shown;
  const at = link.state.cursor ?? min;
  const step = (by: number) => {
    const index = second.findIndex((start, column) => at >= start && at < start + seconds[column]!);
    const next = Math.min(Math.max(0, Math.max(0, index) + by), second.length - 1);
    const cursor = second[next]! + seconds[next]! / 2;
    if (cursor < min || cursor > max) link.pan((cursor - (min + max) / 2) / (max - min));
    link.moveCursor(cursor);
  };
  const moves: Record<string, () => void> = {
    ArrowLeft: () => (event.shiftKey ? link.pan(-0.25) : step(-1)),
    ArrowRight: () => (event.shiftKey ? link.pan(0.25) : step(1)),
    PageUp: () => step(-10),
    PageDown: () => step(10),
    '+': () => link.scale(1 / ZOOM_STEP, at),
    '=': () => link.scale(1 / ZOOM_STEP, at),
    '-': () => link.scale(ZOOM_STEP, at),
    Escape: () => (link.state.range === undefined ? link.moveCursor(undefined) : link.zoom(undefined)),
  };
  const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  move();
}
