import type { ServerTimingStatistics } from '../../../metrics/server-timing-statistics.js';
import { formatElapsed } from '../../../reporters/format/format-duration.js';
import { formatCount, formatQuantity } from '../../../reporters/format/format-number.js';
import { formatPercent, formatSaid } from '../../../reporters/format/format-server-timing.js';
import type { PageData, PageRow } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { Clipped, PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { NOTHING, showMs } from '../show-numbers.js';

interface NamedTiming {
  row: PageRow;
  timing: ServerTimingStatistics;
}

const COLUMNS: TableColumn<NamedTiming>[] = [
  {
    id: 'name',
    title: 'Name',
    sortBy: ({ row }) => row.name,
    show: ({ row }) => <Clipped text={`${row.method} ${row.name}`} />,
  },
  {
    id: 'entry',
    title: 'Entry',
    sortBy: ({ timing }) => timing.entry,
    show: ({ timing }) => <Clipped text={timing.entry} />,
  },
  {
    id: 'share',
    title: 'Of the time',
    hint: 'Its part of the service time of the requests that had it',
    isNumber: true,
    sortBy: ({ timing }) => timing.timeShare,
    show: ({ timing }) => (timing.timeShare === undefined ? NOTHING : formatPercent(timing.timeShare)),
  },
  time('mean', 'Mean, ms', ({ meanMs }) => meanMs),
  time('p50', '50%', ({ percentiles }) => percentiles[50]),
  time('p95', '95%', ({ percentiles }) => percentiles[95]),
  time('p99', '99%', ({ percentiles }) => percentiles[99]),
  time('max', 'Max', ({ maxMs }) => maxMs),
  {
    id: 'count',
    title: 'Answers',
    hint: 'Answers that had it',
    isNumber: true,
    sortBy: ({ timing }) => timing.count,
    show: ({ timing }) => `${formatCount(timing.count)} (${formatPercent(timing.countShare)})`,
  },
  {
    id: 'said',
    title: 'Said',
    sortBy: ({ timing }) => formatSaid(timing),
    show: ({ timing }) => <Said timing={timing} />,
  },
];

/** What the target said of its own time, by name and entry. */
export function ServerTiming({ data: { rows } }: { data: PageData }) {
  const all = rows.flatMap((row) => (row.serverTiming ?? []).map((timing): NamedTiming => ({ row, timing })));
  if (all.length === 0) return null;
  return (
    <Section id="server-timing" title="Server timing" note="What the target said of its own time, in ms">
      <DataTable
        caption="Server-Timing by name and entry"
        firstRows={20}
        columns={COLUMNS}
        rows={all}
        keyOf={({ row, timing }) => `${row.method} ${row.name} ${timing.entry}`}
        filterText={({ row, timing }) => `${row.method} ${row.name} ${timing.entry}`}
        initialOrder={{ column: 'share', isDescending: true }}
      />
    </Section>
  );
}

/** In a few words; with all descriptions where one looks. */
function Said({ timing }: { timing: ServerTimingStatistics }) {
  const { descriptions, meanNumber } = timing;
  if (descriptions.length === 0) return <>{NOTHING}</>;
  const all = descriptions.map(({ description, count }) => `${description}: ${formatCount(count)}`);
  const mean = meanNumber === undefined ? [] : [`numbers on average: ${formatQuantity(meanNumber)}`];
  return (
    <details class="said">
      <summary>{formatSaid(timing)}</summary>
      <ul>
        {[...all, ...mean].map((line) => (
          <li key={line}>
            <PlainText text={line} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The slowest requests of a name that were sent with a trace. */
export function Slowest({ row }: { row: PageRow }) {
  const { slowest = [] } = row;
  if (slowest.length === 0) return null;
  return (
    <div>
      <h3>Slowest with a trace</h3>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Trace</th>
            <th scope="col" class="number">
              Service, ms
            </th>
            <th scope="col" class="number">
              Status
            </th>
            <th scope="col" class="number">
              At
            </th>
          </tr>
        </thead>
        <tbody>
          {slowest.map(({ traceId, serviceMs, status, finishedAtMs, error }) => (
            <tr key={traceId} title={error}>
              <th scope="row">
                <code>{traceId}</code>
              </th>
              <td class="number">{showMs(serviceMs)}</td>
              <td class="number">{status === 0 ? NOTHING : status}</td>
              <td class="number">{formatElapsed(finishedAtMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function time(
  id: string,
  title: string,
  read: (timing: ServerTimingStatistics) => number | undefined,
): TableColumn<NamedTiming> {
  const sortBy = ({ timing }: NamedTiming) => read(timing);
  return { id, title, isNumber: true, sortBy, show: ({ timing }) => showMs(read(timing)) };
}
