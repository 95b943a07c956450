import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { LogBins } from '../../../metrics/log-bins.js';
import type { Heatmap, Mark } from '../../page-data.js';
import { usePage } from '../page-context.js';
import { showMs } from '../show-numbers.js';
import { ChartFrame } from './chart-frame.js';
import type { Places } from './chart-spec.js';
import { colorOf, LinkedPlot } from './linked-plot.js';

const HEIGHT = 230;
const SHADES = 6;
/** Ticks of the axis of times: these, times a power of ten. */
const TICKS = [1, 2, 5];

interface HeatmapParts {
  heatmap: Heatmap & { bins: LogBins };
  places: Places;
  marks: readonly Mark[];
}

/** How many answers took how long, over time: the darker, the more of its column's answers. */
export function HeatmapChart(parts: HeatmapParts) {
  const { link, theme } = usePage();
  const target = useRef<HTMLDivElement>(null);
  const plot = useRef<LinkedPlot | undefined>(undefined);
  const latest = useRef(parts);
  latest.current = parts;
  const { heatmap, places, marks } = parts;
  const { bins } = heatmap;
  useEffect(() => {
    const linked = new LinkedPlot(
      {
        target: target.current!,
        link,
        theme,
        height: HEIGHT,
        marks,
        series: [{ points: { show: false } }],
        yAxis: {
          splits: () => chooseTicks(latest.current.heatmap.bins),
          values: (_plot, splits) => splits.map((bin) => showMs(startOf(latest.current.heatmap.bins, bin))),
        },
        yScale: { range: () => [0, latest.current.heatmap.bins.count] },
        draw: (drawn) => drawCells(drawn, latest.current),
      },
      createData(latest.current),
    );
    plot.current = linked;
    return () => linked.destroy();
  }, [link, theme]);
  useEffect(() => plot.current!.update(createData(parts)), [heatmap, places]);
  return (
    <ChartFrame
      id="chart-heatmap"
      title="Distribution of response times"
      unit="ms"
      places={places}
      summary={`From ${showMs(bins.fromMs)} to ${showMs(bins.toMs)} ms.`}
      legend={(column) => <HeatmapLegend heatmap={heatmap} column={column} />}
    >
      <div ref={target} />
    </ChartFrame>
  );
}

function HeatmapLegend({
  heatmap: { bins, columns },
  column,
}: {
  heatmap: HeatmapParts['heatmap'];
  column: number | undefined;
}) {
  const cells = column === undefined ? [] : readCells(columns[column] ?? []);
  const most = cells.reduce<Cell | undefined>(
    (best, cell) => (best === undefined || cell.count > best.count ? cell : best),
    undefined,
  );
  return (
    <span class="legend-line">
      few
      <span class="ramp">
        {Array.from({ length: SHADES }, (_, shade) => (
          <i key={shade} style={{ background: `var(--heat-${shade})` }} />
        ))}
      </span>
      many
      {most !== undefined && (
        <b>
          most: {showMs(startOf(bins, most.bin))}–{showMs(startOf(bins, most.bin + 1))} ms (
          {most.count.toLocaleString('en-US')})
        </b>
      )}
    </span>
  );
}

interface Cell {
  bin: number;
  count: number;
}

function readCells(column: readonly number[]): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at + 1 < column.length; at += 2) cells.push({ bin: column[at]!, count: column[at + 1]! });
  return cells;
}

/** The shortest duration of a bin, in ms. */
function startOf({ fromMs, toMs, count }: LogBins, bin: number): number {
  return fromMs * (toMs / fromMs) ** (bin / count);
}

/** Where round durations are among the bins. */
function chooseTicks({ fromMs, toMs, count }: LogBins): number[] {
  const scale = count / Math.log(toMs / fromMs);
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(fromMs)); 10 ** power <= toMs; power++) {
    for (const digit of TICKS) {
      const ms = digit * 10 ** power;
      if (ms >= fromMs && ms <= toMs) ticks.push(Math.log(ms / fromMs) * scale);
    }
  }
  return ticks.length > 1 ? ticks : [0, count];
}

function createData({ places }: HeatmapParts): uPlot.AlignedData {
  const middles = places.second.map((second, index) => second + places.seconds[index]! / 2);
  return [middles, middles.map(() => null)];
}

/** Few answers still show: shades grow with the square root of the share of the column's largest count. */
function drawCells(plot: uPlot, { heatmap: { columns }, places }: HeatmapParts): void {
  const { ctx, bbox } = plot;
  const shades = Array.from({ length: SHADES }, (_, shade) => colorOf(`--heat-${shade}`));
  const highest = columns.reduce(
    (high, column) => readCells(column).reduce((most, { count }) => Math.max(most, count), high),
    0,
  );
  const { min = 0, max = 1 } = plot.scales.x!;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [index, column] of columns.entries()) {
    const [from, length] = [places.second[index]!, places.seconds[index]!];
    if (from + length < min || from > max) continue;
    const left = Math.floor(plot.valToPos(from, 'x', true));
    const width = Math.max(1, Math.ceil(plot.valToPos(from + length, 'x', true)) - left);
    for (const { bin, count } of readCells(column)) {
      const top = Math.floor(plot.valToPos(bin + 1, 'y', true));
      const height = Math.max(1, Math.ceil(plot.valToPos(bin, 'y', true)) - top);
      ctx.fillStyle = shades[Math.min(SHADES - 1, Math.floor(Math.sqrt(count / highest) * SHADES))]!;
      ctx.fillRect(left, top, width, height);
    }
  }
  ctx.restore();
}
