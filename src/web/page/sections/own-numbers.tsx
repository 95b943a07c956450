import type { CheckCounts } from '../../../metrics/tally.js';
import { formatCount, formatShare } from '../../../reporters/format/format-number.js';
import type { PageData, PageMetric, PageTrend } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { Clipped } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { showMs } from '../show-numbers.js';

const shareOf = ({ passes, failures }: CheckCounts) => passes / Math.max(1, passes + failures);

const CHECKS: TableColumn<CheckCounts>[] = [
  { id: 'name', title: 'Check', sortBy: ({ name }) => name, show: ({ name }) => <Clipped text={name} /> },
  {
    id: 'passes',
    title: 'Passed',
    isNumber: true,
    sortBy: ({ passes }) => passes,
    show: ({ passes }) => formatCount(passes),
  },
  {
    id: 'failures',
    title: 'Failed',
    isNumber: true,
    sortBy: ({ failures }) => failures,
    show: ({ failures }) => <span class={failures > 0 ? 'bad' : ''}>{formatCount(failures)}</span>,
  },
  {
    id: 'share',
    title: 'Passed %',
    isNumber: true,
    sortBy: shareOf,
    show: (check) => formatShare(shareOf(check)),
  },
];

const GROUPS: TableColumn<PageTrend>[] = [
  { id: 'name', title: 'Group', sortBy: ({ name }) => name, show: ({ name }) => <Clipped text={name} /> },
  {
    id: 'count',
    title: 'Times',
    isNumber: true,
    sortBy: ({ count }) => count,
    show: ({ count }) => formatCount(count),
  },
  time('mean', 'Mean, ms', ({ meanMs }) => meanMs),
  time('p50', '50%', ({ percentiles }) => percentiles[50]),
  time('p95', '95%', ({ percentiles }) => percentiles[95]),
  time('p99', '99%', ({ percentiles }) => percentiles[99]),
  time('max', 'Max', ({ maxMs }) => maxMs),
];

const METRICS: TableColumn<PageMetric>[] = [
  {
    id: 'name',
    title: 'Metric',
    sortBy: ({ metric, labels }) => `${metric}${labels}`,
    show: ({ metric, labels }) => <Clipped text={`${metric}${labels}`} />,
  },
  { id: 'type', title: 'Kind', sortBy: ({ type }) => type, show: ({ type }) => type },
  {
    id: 'count',
    title: 'Times',
    isNumber: true,
    sortBy: ({ count }) => count,
    show: ({ count }) => formatCount(count),
  },
  {
    id: 'figures',
    title: 'Figures',
    sortBy: ({ figures }) => figures[0]?.text,
    show: ({ figures }) => (
      <span class="own-figures">
        {figures.map(({ label, text }) => (
          <span key={label}>
            <span class="faint">{label}</span> {text}
          </span>
        ))}
      </span>
    ),
  },
];

/** What the scenario itself checked, grouped and measured. */
export function OwnNumbers({ data: { checks, groups, metrics } }: { data: PageData }) {
  if (checks.length + groups.length + metrics.length === 0) return null;
  return (
    <Section id="own" title="Checks and metrics of the scenario">
      {checks.length > 0 && (
        <DataTable
          caption="Checks"
          columns={CHECKS}
          rows={checks}
          keyOf={({ name }) => name}
          filterText={({ name }) => name}
          isMarked={({ failures }) => failures > 0}
        />
      )}
      {groups.length > 0 && (
        <DataTable
          caption="Groups"
          columns={GROUPS}
          rows={groups}
          keyOf={({ name }) => name}
          filterText={({ name }) => name}
        />
      )}
      {metrics.length > 0 && (
        <DataTable
          caption="Metrics"
          firstRows={20}
          columns={METRICS}
          rows={metrics}
          keyOf={({ metric, labels }) => `${metric}${labels}`}
          filterText={({ metric, labels }) => `${metric}${labels}`}
        />
      )}
    </Section>
  );
}

function time(id: string, title: string, read: (row: PageTrend) => number | undefined): TableColumn<PageTrend> {
  return { id, title, isNumber: true, sortBy: read, show: (row) => showMs(read(row)) };
}
