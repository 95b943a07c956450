import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Mark, Values } from '../../page-data.js';
import { usePage } from '../page-context.js';
import { showTick } from '../show-numbers.js';
import { ChartFrame } from './chart-frame.js';
import type { ChartLine, ChartSpec } from './chart-spec.js';
import { colorOf, LinkedPlot } from './linked-plot.js';

const HEIGHT = 190;
const ROOM_ABOVE = 1.08;
const AREA_OPACITY = '2b';

/** A chart over time, linked with all others. */
export function TimeChart({
  spec,
  marks,
  height = HEIGHT,
}: {
  spec: ChartSpec;
  marks: readonly Mark[];
  height?: number;
}) {
  const { link, theme } = usePage();
  const target = useRef<HTMLDivElement>(null);
  const plot = useRef<LinkedPlot | undefined>(undefined);
  const latest = useRef(spec);
  latest.current = spec;
  // Other lines are another chart; other values of the same lines are not.
  const lines = spec.lines.map(({ label }) => label).join('\n');
  useEffect(() => {
    const { formatTick = showTick, leastMax = 0 } = latest.current;
    const linked = new LinkedPlot(
      {
        target: target.current!,
        link,
        theme,
        height,
        marks,
        series: createSeries(latest.current),
        yAxis: { values: (_plot, splits) => splits.map((value) => formatTick(value)) },
        yScale: { range: (_plot, _min, max) => [0, Math.max(leastMax, (max ?? 0) * ROOM_ABOVE) || 1] },
      },
      createData(latest.current),
    );
    plot.current = linked;
    return () => linked.destroy();
  }, [link, theme, height, lines, spec.isStacked]);
  useEffect(() => plot.current!.update(createData(spec)), [spec]);
  return (
    <ChartFrame {...spec} summary={summarise(spec)} legend={(column) => <Lines spec={spec} column={column} />}>
      <div ref={target} />
    </ChartFrame>
  );
}

function Lines({ spec: { lines, format }, column }: { spec: ChartSpec; column: number | undefined }) {
  return lines.map(({ label, color, isDashed, values }) => (
    <span class="legend-line" key={label}>
      <i class={isDashed ? 'swatch dashed' : 'swatch'} style={{ color: `var(${color})` }} />
      {label}
      {column !== undefined && <b>{showValue(values[column], format)}</b>}
    </span>
  ));
}

function showValue(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function summarise({ lines, format }: ChartSpec): string {
  const most = lines.map(({ label, values }) => {
    const highest = values.reduce((high: number, value) => Math.max(high, value ?? 0), 0);
    return `${label}: at most ${format(highest)}.`;
  });
  return most.join(' ');
}

/** Values stand in the middle of their columns. Of stacked lines the last one is at the bottom, and drawn last. */
function createData({ places, lines, isStacked }: ChartSpec): uPlot.AlignedData {
  const middles = places.second.map((second, index) => second + places.seconds[index]! / 2);
  const values = lines.map((line) => line.values);
  return [middles, ...(isStacked ? stack(values) : values)];
}

function stack(all: readonly Values[]): Values[] {
  const stacked: Values[] = [];
  let below: Values | undefined;
  for (const values of [...all].reverse()) {
    const under = below;
    below = values.map((value, index) => (value ?? 0) + (under?.[index] ?? 0));
    stacked.unshift(below);
  }
  return stacked;
}

function createSeries({ lines, isStacked }: ChartSpec): uPlot.Series[] {
  return lines.map((line) => ({
    label: line.label,
    stroke: () => colorOf(line.color),
    width: isStacked ? 1 : 1.75,
    ...(line.isDashed ? { dash: [5, 4] } : {}),
    ...(isStacked || line.isArea ? { fill: () => fillOf(line, isStacked) } : {}),
    points: { show: (plot: uPlot) => plot.data[0]!.length < 3, size: 5 },
  }));
}

function fillOf({ color }: ChartLine, isStacked = false): string {
  return isStacked ? colorOf(color) : `${colorOf(color)}${AREA_OPACITY}`;
}
