import { formatCount } from '../../../reporters/format/format-number.js';
import type { PageData } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { showMs } from '../show-numbers.js';

type SlowStatement = PageData['monitorNotes'][number]['statements'][number];

const COLUMNS: TableColumn<SlowStatement>[] = [
  { id: 'text', title: 'Statement', sortBy: ({ text }) => text, show: ({ text }) => <Statement text={text} /> },
  number('total', 'All calls, ms', { read: ({ totalMs }) => totalMs, show: showMs }),
  number('calls', 'Calls', { read: ({ calls }) => calls, show: formatCount }),
  { ...number('mean', 'Mean, ms', { read: ({ meanMs }) => meanMs, show: showMs }), isMinor: true },
];

/** What monitors have to say besides their charts: why they failed, and what took a database the most time. */
export function Monitors({ data: { monitorNotes } }: { data: PageData }) {
  if (monitorNotes.length === 0) return null;
  const failures = monitorNotes.flatMap(({ monitor, failure }) =>
    failure === undefined ? [] : [{ monitor, failure }],
  );
  return (
    <Section id="monitors" title="Monitors">
      {failures.length > 0 && (
        <ul class="sentences">
          {failures.map(({ monitor, failure }) => (
            <li key={monitor}>
              <PlainText text={failure} />
            </li>
          ))}
        </ul>
      )}
      {monitorNotes.map(
        ({ monitor, statements }) =>
          statements.length > 0 && (
            <div key={monitor}>
              <h3>
                Slowest statements of <PlainText text={monitor} />
              </h3>
              <DataTable
                caption={`Slowest statements of ${monitor}`}
                columns={COLUMNS}
                rows={statements}
                keyOf={({ text, calls, totalMs }) => `${text} ${calls} ${totalMs}`}
                initialOrder={{ column: 'total', isDescending: true }}
              />
            </div>
          ),
      )}
    </Section>
  );
}

/** Whole: what sets two statements apart is often at their ends. */
function Statement({ text }: { text: string }) {
  return (
    <code class="statement">
      <PlainText text={text} />
    </code>
  );
}

function number(
  id: string,
  title: string,
  { read, show }: { read(statement: SlowStatement): number; show(value: number): string },
): TableColumn<SlowStatement> {
  return { id, title, isNumber: true, sortBy: read, show: (statement) => show(read(statement)) };
}
