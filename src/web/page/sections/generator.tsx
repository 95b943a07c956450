import type { WorkerHealth } from '../../../metrics/generator-health.js';
import type { PageData } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { NOTHING, showMs } from '../show-numbers.js';

const percent = (share: number | undefined) => (share === undefined ? NOTHING : `${Math.round(share * 100)} %`);

const COLUMNS: TableColumn<WorkerHealth>[] = [
  { id: 'worker', title: 'Worker', sortBy: ({ share }) => share, show: ({ share }) => `worker ${share}` },
  share('busy', 'Busy', ({ utilisation }) => utilisation),
  share('cpu', 'CPU', ({ cpuShare }) => cpuShare),
  share('waiting', 'Waiting for a core', ({ runDelayShare }) => runDelayShare),
  time('late50', 'Late 50%, ms', ({ lateness }) => lateness.medianMs),
  time('late99', 'Late 99%, ms', ({ lateness }) => lateness.p99Ms),
  time('lateMax', 'Late max, ms', ({ lateness }) => lateness.maxMs),
  time('garbage', 'Longest GC pause, ms', ({ garbage }) => garbage.longestMs),
];

/** Whether Loadwright itself kept up. */
export function Generator({ data: { generator } }: { data: PageData }) {
  return (
    <Section
      id="generator"
      title="Generator"
      note={<span class={`chip is-${generator.verdict}`}>{generator.verdict}</span>}
    >
      {generator.notWell !== undefined && (
        <p class="sentence">
          <PlainText text={generator.notWell} />
        </p>
      )}
      {generator.verdict !== 'healthy' && (
        <ul class="sentences">
          {generator.reasons.map(({ message, advice }) => (
            <li key={message}>
              <PlainText text={message} />
              <div class="faint">
                <PlainText text={advice} />
              </div>
            </li>
          ))}
        </ul>
      )}
      <dl class="pairs wide">
        {generator.facts.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <PlainText text={text} />
            </dd>
          </div>
        ))}
      </dl>
      {generator.workers.length > 0 && (
        <DataTable caption="Workers" columns={COLUMNS} rows={generator.workers} keyOf={({ share }) => String(share)} />
      )}
    </Section>
  );
}

function share(
  id: string,
  title: string,
  read: (worker: WorkerHealth) => number | undefined,
): TableColumn<WorkerHealth> {
  return { id, title, isNumber: true, sortBy: read, show: (worker) => percent(read(worker)) };
}

function time(id: string, title: string, read: (worker: WorkerHealth) => number): TableColumn<WorkerHealth> {
  return { id, title, isNumber: true, sortBy: read, show: (worker) => showMs(read(worker)) };
}
