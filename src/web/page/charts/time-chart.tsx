import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Mark } from '../../page-data.js';
import { usePage, useTimeState } from '../page-context.js';
import { showTick } from '../show-numbers.js';
import { ChartFrame } from './chart-frame.js';
import { type ChartSpec, columnAt } from './chart-spec.js';
import { colorOf, LinkedPlot } from './linked-plot.js';
import { createPlotData, type DrawnLine, listDrawnLines } from './plot-data.js';

const HEIGHT = 190;
const ROOM_ABOVE = 1.08;
const AREA_OPACITY = '2b';
const BASELINE_OPACITY = 'b8';

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
  const lines = listDrawnLines(spec)
    .map(({ label, isBaseline }) => `${label} ${isBaseline}`)
    .join('\n');
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
      createPlotData(latest.current),
    );
    plot.current = linked;
    return () => linked.destroy();
  }, [link, theme, height, lines, spec.isStacked]);
  useEffect(() => plot.current!.update(createPlotData(spec)), [spec]);
  return (
    <ChartFrame {...spec} summary={summarise(spec)} legend={(column) => <Lines spec={spec} column={column} />}>
      <div ref={target} />
    </ChartFrame>
  );
}

function Lines({ spec, column }: { spec: ChartSpec; column: number | undefined }) {
  const { lines, format, baselinePlaces } = spec;
  const { cursor } = useTimeState();
  const before = baselinePlaces === undefined ? undefined : columnAt(baselinePlaces, cursor);
  return (
    <>
      {lines.map(({ label, color, isDashed, values, baseline }) => (
        <span class="legend-line" key={label}>
          <i class={isDashed ? 'swatch dashed' : 'swatch'} style={{ color: `var(${color})` }} />
          {label}
          {column !== undefined && <b>{showValue(values[column], format)}</b>}
          {baseline !== undefined && cursor !== undefined && (
            <>
              <i class="swatch baseline" style={{ color: `var(${color})` }} />
              <span class="baseline-value">{showValue(before === undefined ? null : baseline[before], format)}</span>
            </>
          )}
        </span>
      ))}
      {baselinePlaces !== undefined && (
        <span class="legend-line">
          <i class="swatch baseline" />
          baseline
        </span>
      )}
    </>
  );
}

function showValue(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function summarise(spec: ChartSpec): string {
  const most = listDrawnLines(spec).map(({ label, values, isBaseline }) => {
    const highest = values.reduce((high: number, value) => Math.max(high, value ?? 0), 0);
    return `${isBaseline ? 'Baseline, ' : ''}${label}: at most ${spec.format(highest)}.`;
  });
  return most.join(' ');
}

function createSeries(spec: ChartSpec): uPlot.Series[] {
  const { isStacked = false } = spec;
  return listDrawnLines(spec).map((line) => ({
    label: line.label,
    stroke: () => strokeOf(line),
    width: isStacked ? 1 : line.isBaseline ? 1.25 : 1.75,
    ...dashOf(line),
    ...(isStacked || (line.isArea && !line.isBaseline) ? { fill: () => fillOf(line, isStacked) } : {}),
    points: { show: (plot: uPlot) => !line.isBaseline && plot.data[0]!.length < 3, size: 5 },
  }));
}

function dashOf({ isBaseline, isDashed }: DrawnLine): Pick<uPlot.Series, 'dash'> {
  if (isBaseline) return { dash: [2, 3] };
  return isDashed ? { dash: [5, 4] } : {};
}

/** Of the baseline: less of the same colour. */
function strokeOf({ color, isBaseline }: DrawnLine): string {
  return isBaseline ? `${colorOf(color)}${BASELINE_OPACITY}` : colorOf(color);
}

function fillOf({ color }: DrawnLine, isStacked: boolean): string {
  return isStacked ? colorOf(color) : `${colorOf(color)}${AREA_OPACITY}`;
}
