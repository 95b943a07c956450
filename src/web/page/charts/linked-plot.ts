import uPlot from 'uplot';
import { formatElapsed } from '../../../reporters/format/format-duration.js';
import type { Mark } from '../../page-data.js';
import type { ThemeChoice } from '../theme.js';
import type { TimeLink } from '../time-link.js';
import { nearestValue } from './plot-data.js';
import { listenToPlot } from './plot-input.js';

export interface PlotParts {
  target: HTMLElement;
  link: TimeLink;
  theme: ThemeChoice;
  height: number;
  series: uPlot.Series[];
  yAxis: Pick<uPlot.Axis, 'values' | 'splits'>;
  yScale: Pick<uPlot.Scale, 'range'>;
  marks: readonly Mark[];
  /** Draws what is no line, below the lines. */
  draw?: (plot: uPlot) => void;
}

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", sans-serif';
/** Steps that make sense on a clock, in seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
/** How far out of sight a chart is drawn already. */
const NEAR = '300px';
const LEAST_WIDTH = 120;
/** `1023.9 MB` and what is beside it. */
const Y_AXIS_WIDTH = 66;

/** The value of a custom property of the style sheet. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A chart of uPlot whose cursor, stretch of time and colours follow what all charts share. */
export class LinkedPlot {
  readonly #plot: uPlot;
  readonly #link: TimeLink;
  readonly #release: (() => void)[];
  /** Out of sight nothing is drawn anew: what changed meanwhile is drawn when it comes near. */
  #isNear = true;
  #late: uPlot.AlignedData | undefined;
  #isLate = false;

  constructor(parts: PlotParts, data: uPlot.AlignedData) {
    const { target, link, theme } = parts;
    this.#link = link;
    this.#plot = new uPlot(createOptions(parts), data, target);
    const observer = new ResizeObserver(() => this.#fit(target, parts.height));
    observer.observe(target);
    const sight = new IntersectionObserver((entries) => this.#see(entries.at(-1)!.isIntersecting), {
      rootMargin: NEAR,
    });
    sight.observe(target);
    this.#release = [
      () => observer.disconnect(),
      () => sight.disconnect(),
      link.listen(() => this.#follow()),
      theme.listen(() => {
        // Paper shows all of them.
        this.#catchUp();
        this.#plot.batch(() => this.#plot.redraw(false));
      }),
      listenToPlot(this.#plot, link),
    ];
    this.#follow();
  }

  /** Takes new values for the same lines. */
  update(data: uPlot.AlignedData): void {
    if (!this.#isNear) {
      this.#late = data;
      return;
    }
    this.#plot.setData(data, false);
    this.#plot.setScale('x', this.#link.shown);
  }

  destroy(): void {
    for (const release of this.#release) release();
    this.#plot.destroy();
  }

  #fit(target: HTMLElement, height: number): void {
    const width = Math.max(LEAST_WIDTH, Math.floor(target.clientWidth));
    if (width !== this.#plot.width) this.#plot.setSize({ width, height });
  }

  #see(isNear: boolean): void {
    this.#isNear = isNear;
    if (isNear) this.#catchUp();
  }

  #catchUp(): void {
    const [late, isNear] = [this.#late, this.#isNear];
    this.#late = undefined;
    this.#isNear = true;
    if (late !== undefined) this.update(late);
    if (this.#isLate) this.#follow();
    this.#isNear = isNear;
  }

  #follow(): void {
    this.#isLate = !this.#isNear;
    if (this.#isLate) return;
    const { min, max } = this.#link.shown;
    const { x } = this.#plot.scales;
    if (x!.min !== min || x!.max !== max) this.#plot.setScale('x', { min, max });
    const { cursor } = this.#link.state;
    const isShown = cursor !== undefined && cursor >= min && cursor <= max;
    const left = isShown ? ((cursor - min) / (max - min)) * this.#plot.over.clientWidth : -10;
    this.#plot.setCursor({ left, top: isShown ? 0 : -10 }, false);
  }
}

function createOptions({ target, link, height, series, yAxis, yScale, marks, draw }: PlotParts): uPlot.Options {
  const axis = {
    stroke: () => colorOf('--text-muted'),
    font: FONT,
    grid: { stroke: () => colorOf('--grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(LEAST_WIDTH, Math.floor(target.clientWidth)),
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    series: [{}, ...series],
    scales: {
      x: {
        time: false,
        range: () => {
          const { min, max } = link.shown;
          return [min, max];
        },
      },
      y: yScale,
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        space: 64,
        incrs: TIME_STEPS,
        values: (_plot, splits) => splits.map((second) => formatElapsed(second * 1000)),
      },
      { ...axis, size: Y_AXIS_WIDTH, gap: 6, space: 34, ...yAxis },
    ],
    cursor: {
      y: false,
      // Lines of two runs have their values in different places.
      dataIdx: (plot, line, index) => (line === 0 ? index : nearestValue(plot.data[line]!, index)),
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: {
        size: 7,
        width: 2,
        stroke: (_plot, index) => pointColor(series[index - 1]),
        fill: () => colorOf('--surface'),
      },
      bind: { dblclick: () => null },
    },
    hooks: {
      drawAxes: draw === undefined ? [] : [draw],
      draw: [(plot) => drawMarks(plot, marks)],
      setSelect: [(plot) => zoomTo(plot, link)],
    },
  };
}

function pointColor(series: uPlot.Series | undefined): string {
  const stroke = series?.stroke;
  return typeof stroke === 'function' ? (stroke as () => string)() : colorOf('--text');
}

function zoomTo(plot: uPlot, link: TimeLink): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  const range = { min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') };
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  link.zoom(range);
}

/** A dashed line where something happened. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  for (const { second, kind } of marks) {
    const left = plot.valToPos(second, 'x', true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colorOf(kind === 'bad' ? '--fail' : '--text-muted');
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
