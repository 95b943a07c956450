import type { ComponentChildren } from 'preact';
import { usePage, useTimeState } from '../page-context.js';
import { formatColumn } from '../show-numbers.js';
import { columnAt, type Places } from './chart-spec.js';
import { moveByKey } from './plot-input.js';

interface FrameParts {
  id: string;
  title: string;
  unit: string;
  places: Places;
  /** What the chart says in words, for those who do not see it. */
  summary: string;
  /** The lines' names and, where the cursor is, their values. */
  legend: (column: number | undefined) => ComponentChildren;
  children: ComponentChildren;
}

/** What every chart has: a title, a legend that reads out values, a place to draw, and keys that move the cursor. */
export function ChartFrame({ id, title, unit, places, summary, legend, children }: FrameParts) {
  const { link } = usePage();
  return (
    <figure class="chart" id={id}>
      <figcaption class="chart-head">
        <span class="chart-title">
          {title} <span class="unit">{unit}</span>
        </span>
        <Legend places={places} legend={legend} />
      </figcaption>
      <div
        class="chart-plot"
        role="application"
        aria-label={`${title}, ${unit}. ${summary} Arrow keys move the cursor, plus and minus zoom, Escape shows the whole run.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the cursor
        tabIndex={0}
        onKeyDown={(event) => moveByKey(event, link, places)}
        onBlur={() => link.moveCursor(undefined)}
      >
        {children}
      </div>
    </figure>
  );
}

function Legend({ places, legend }: Pick<FrameParts, 'places' | 'legend'>) {
  const { cursor } = useTimeState();
  const { startedAtMs } = usePage();
  const column = columnAt(places, cursor);
  return (
    <>
      <span class="chart-time">{column === undefined ? '' : formatColumn(places, column, startedAtMs)}</span>
      <span class="legend">{legend(column)}</span>
    </>
  );
}
