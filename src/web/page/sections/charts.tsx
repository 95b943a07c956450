import { useMemo } from 'preact/hooks';
import { escapeText } from '../../../reporters/format/escape-text.js';
import { formatElapsed } from '../../../reporters/format/format-duration.js';
import type { PageData } from '../../page-data.js';
import { useBaseline } from '../baseline.js';
import { chooseMonitorCharts } from '../charts/choose-monitor-charts.js';
import { HeatmapChart } from '../charts/heatmap.js';
import { findName, layRequestCharts, layRunCharts } from '../charts/lay-over.js';
import { TimeChart } from '../charts/time-chart.js';
import { usePage, useTimeState } from '../page-context.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';

interface ChartsParts {
  data: PageData;
  /** Index of the row whose requests are shown; undefined: all. */
  selected: number | undefined;
  onSelect(index: number | undefined): void;
}

/** The run over time. All charts share their cursor and the stretch they show. */
export function Charts({ data, selected, onSelect }: ChartsParts) {
  const { marks, columns, heatmap } = data;
  const baseline = useBaseline()?.data;
  const ofRequests = useMemo(() => layRequestCharts({ data, index: selected, baseline }), [data, selected, baseline]);
  const ofRun = useMemo(() => layRunCharts(data, baseline), [data, baseline]);
  const ofMonitors = useMemo(() => chooseMonitorCharts(data.monitors), [data.monitors]);
  const { bins } = heatmap;
  return (
    <Section id="charts" title="Over time" note={<Tools data={data} selected={selected} onSelect={onSelect} />}>
      <div class="charts">
        {ofRequests.map((spec) => (
          <TimeChart key={spec.id} spec={spec} marks={marks} />
        ))}
        {ofRun.slice(0, 2).map((spec) => (
          <TimeChart key={spec.id} spec={spec} marks={marks} />
        ))}
        {bins !== undefined && <HeatmapChart heatmap={{ ...heatmap, bins }} places={columns} marks={marks} />}
        {[...ofRun.slice(2), ...ofMonitors].map((spec) => (
          <TimeChart key={spec.id} spec={spec} marks={marks} />
        ))}
      </div>
      <Explanation data={data} selected={selected} />
    </Section>
  );
}

function Tools({ data, selected, onSelect }: ChartsParts) {
  const { link } = usePage();
  const { range } = useTimeState();
  // There may be hundreds, and the cursor moves often.
  const options = useMemo(
    () =>
      data.rows.map(({ method, name }, index) => (
        <option key={`${method} ${name}`} value={index}>
          {shorten(escapeText(`${method} ${name}`))}
        </option>
      )),
    [data.rows],
  );
  return (
    <div class="chart-tools">
      {range !== undefined && (
        <button type="button" class="reset" onClick={() => link.zoom(undefined)}>
          {formatElapsed(range.min * 1000)}–{formatElapsed(range.max * 1000)} · show the whole run
        </button>
      )}
      <label>
        Requests of{' '}
        <select
          value={selected ?? ''}
          onChange={({ currentTarget: { value } }) => onSelect(value === '' ? undefined : Number(value))}
        >
          <option value="">all names</option>
          {options}
        </select>
      </label>
      <LayOver data={data} selected={selected} />
    </div>
  );
}

/** Which earlier run the charts are laid over. */
function LayOver({ data, selected }: Pick<ChartsParts, 'data' | 'selected'>) {
  const baseline = useBaseline();
  if (baseline === undefined || baseline.names.length === 0) return null;
  const { names, chosen, data: before, problem, choose } = baseline;
  const isMissing =
    before !== undefined && selected !== undefined && findName(before, data.rows[selected]) === undefined;
  return (
    <div class="lay-over">
      <label>
        Laid over{' '}
        <select
          value={chosen ?? ''}
          onChange={({ currentTarget: { value } }) => choose(value === '' ? undefined : value)}
        >
          <option value="">no other run</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {shorten(escapeText(name))}
            </option>
          ))}
        </select>
      </label>
      {isMissing && <span class="faint">it has no such name</span>}
      {problem !== undefined && (
        <span class="bad" role="alert">
          <PlainText text={problem} />
        </span>
      )}
    </div>
  );
}

const MAX_OPTION = 80;

function shorten(text: string): string {
  return text.length > MAX_OPTION ? `${text.slice(0, MAX_OPTION)}…` : text;
}

/** What a point of a chart stands for, and what was marked. */
function Explanation({ data: { columns, names, marks }, selected }: Pick<ChartsParts, 'data' | 'selected'>) {
  const [width, nameWidth] = [columns.seconds[0] ?? 1, names.seconds[0] ?? 1];
  const shown = selected === undefined ? width : Math.max(width, nameWidth);
  return (
    <div class="explanation">
      {marks.length > 0 && (
        <ul class="marks">
          {marks.map(({ second, text, kind }) => (
            <li key={text} class={kind}>
              <b>{formatElapsed(second * 1000)}</b> <PlainText text={text} />
            </li>
          ))}
        </ul>
      )}
      <p>
        Drag to zoom, double-click for the whole run, Ctrl and wheel to zoom, Shift and wheel to move.{' '}
        {shown === 1
          ? 'Each point is one second.'
          : `The run is long, so a point stands for ${describeWidths(width, selected === undefined ? width : nameWidth)}: rates are means over it, percentiles those of all its requests, levels the highest in it.`}
      </p>
    </div>
  );
}

function describeWidths(width: number, nameWidth: number): string {
  return width === nameWidth ? `${width} seconds` : `${width} seconds, in charts of one name for ${nameWidth}`;
}
