import type { ErrorCounts } from '../../../metrics/aggregate.js';
import type { ExceptionCounts } from '../../../metrics/tally.js';
import { formatElapsed } from '../../../reporters/format/format-duration.js';
import { formatCount } from '../../../reporters/format/format-number.js';
import type { PageData } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { Clipped, Lines, PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';

interface Failure extends ErrorCounts {
  method: string;
  name: string;
}

const COUNT: TableColumn<Failure> = {
  id: 'count',
  title: 'Times',
  isNumber: true,
  sortBy: ({ count }) => count,
  show: ({ count }) => formatCount(count),
};

const REASON: TableColumn<Failure> = {
  id: 'error',
  title: 'Reason',
  sortBy: ({ error }) => error,
  show: ({ error }) => (
    <div class="reason">
      <PlainText text={error} />
    </div>
  ),
};

const SEEN: TableColumn<Failure>[] = [
  {
    id: 'first',
    title: 'First',
    isNumber: true,
    sortBy: ({ firstSeenMs }) => firstSeenMs,
    show: ({ firstSeenMs }) => formatElapsed(firstSeenMs),
  },
  {
    id: 'last',
    title: 'Last',
    isNumber: true,
    sortBy: ({ lastSeenMs }) => lastSeenMs,
    show: ({ lastSeenMs }) => formatElapsed(lastSeenMs),
  },
];

const NAME: TableColumn<Failure> = {
  id: 'name',
  title: 'Request',
  sortBy: ({ name }) => name,
  show: ({ method, name }) => (
    <span class="name">
      <span class="method">{method}</span> <Clipped text={name} />
    </span>
  ),
};

const OF_ALL = [NAME, REASON, COUNT, ...SEEN];
const OF_ONE = [REASON, COUNT, ...SEEN];

/** Why requests failed, and what tasks threw. */
export function Errors({ data: { rows, exceptions } }: { data: PageData }) {
  const failures = rows.flatMap(({ method, name, errors }) => errors.map((error) => ({ ...error, method, name })));
  if (failures.length === 0 && exceptions.length === 0) return null;
  return (
    <Section id="errors" title="Errors">
      {failures.length > 0 && (
        <DataTable
          caption="Failed requests by reason"
          columns={OF_ALL}
          rows={failures}
          keyOf={({ method, name, error }) => `${method}\n${name}\n${error}`}
          filterText={({ method, name, error }) => `${method} ${name} ${error}`}
          initialOrder={{ column: 'count', isDescending: true }}
        />
      )}
      {exceptions.length > 0 && (
        <>
          <h3>Exceptions thrown by tasks</h3>
          <ul class="exceptions">
            {exceptions.map((exception) => (
              <Exception key={exception.message} exception={exception} />
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

/** The failures of one name. */
export function FailureList({ errors }: { errors: readonly ErrorCounts[] }) {
  const failures = errors.map((error) => ({ ...error, method: '', name: '' }));
  return (
    <DataTable
      caption="Reasons of failure"
      columns={OF_ONE}
      rows={failures}
      keyOf={({ error }) => error}
      initialOrder={{ column: 'count', isDescending: true }}
    />
  );
}

function Exception({ exception }: { exception: ExceptionCounts }) {
  const { message, traceback, count, nodes, firstSeenMs, lastSeenMs } = exception;
  return (
    <li>
      <details>
        <summary>
          <b class="times">{formatCount(count)} ×</b>
          <span class="reason">
            <PlainText text={message} />
          </span>
          <span class="faint">
            {formatElapsed(firstSeenMs)}–{formatElapsed(lastSeenMs)}, {nodes.map((node) => `worker ${node}`).join(', ')}
          </span>
        </summary>
        <Lines text={traceback} />
      </details>
    </li>
  );
}
