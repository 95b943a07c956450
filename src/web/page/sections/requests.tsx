import { useMemo, useState } from 'preact/hooks';
import { escapeText } from '../../../reporters/format/escape-text.js';
import { formatShare } from '../../../reporters/format/format-number.js';
import type { PageData, PageRow } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { Clipped } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { showBytes, showMs } from '../show-numbers.js';
import { NameDetail } from './name-detail.js';

interface RequestsParts {
  data: PageData;
  onSelect(index: number): void;
}

/** A row with its place, by which its series over time is found. */
interface IndexedRow {
  row: PageRow;
  /** Undefined for the sum of all. */
  index: number | undefined;
}

/** Every name with its figures; each opens to what else is known of it. */
export function Requests({ data, onSelect }: RequestsParts) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [onlyFailed, setOnlyFailed] = useState(false);
  const rows = useMemo(() => data.rows.map((row, index): IndexedRow => ({ row, index })), [data.rows]);
  const shown = useMemo(() => (onlyFailed ? rows.filter(({ row }) => row.failures > 0) : rows), [rows, onlyFailed]);
  const failing = rows.filter(({ row }) => row.failures > 0).length;
  const hasInterrupted = data.total.interrupted > 0;
  const columns = useMemo(() => createColumns(hasInterrupted, setOpen), [hasInterrupted]);
  return (
    <Section id="requests" title="Requests" note="Response times in ms">
      <DataTable
        caption="Requests by name"
        columns={columns}
        rows={shown}
        keyOf={({ index }) => String(index)}
        filterText={textOf}
        foot={{ row: data.total, index: undefined }}
        isMarked={({ row }) => row.failures > 0}
        controls={
          failing === 0 ? undefined : (
            <label class="tick">
              <input
                type="checkbox"
                checked={onlyFailed}
                onChange={(event) => setOnlyFailed(event.currentTarget.checked)}
              />{' '}
              only with failures ({failing})
            </label>
          )
        }
        detail={({ index }) =>
          index !== undefined && open.has(index) && <NameDetail data={data} index={index} onSelect={onSelect} />
        }
      />
    </Section>
  );
}

function textOf({ row }: IndexedRow): string {
  return `${row.method} ${row.name}`;
}

function createColumns(
  hasInterrupted: boolean,
  setOpen: (change: (open: ReadonlySet<number>) => ReadonlySet<number>) => void,
): TableColumn<IndexedRow>[] {
  const toggle = (index: number) =>
    setOpen((open) => {
      const next = new Set(open);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  return [createNameColumn(toggle), ...FIGURES, ...(hasInterrupted ? [INTERRUPTED] : [])];
}

function createNameColumn(toggle: (index: number) => void): TableColumn<IndexedRow> {
  return {
    id: 'name',
    title: 'Name',
    sortBy: ({ row }) => row.name,
    show: ({ row, index }, isOpen) =>
      index === undefined ? (
        'All names'
      ) : (
        <button
          type="button"
          class="name"
          aria-expanded={isOpen}
          title={escapeText(`${row.method} ${row.name}`)}
          onClick={() => toggle(index)}
        >
          <span class="method">{escapeText(row.method)}</span> <Clipped text={row.name} />
        </button>
      ),
  };
}

function count(id: string, title: string, read: (row: PageRow) => number): TableColumn<IndexedRow> {
  return {
    id,
    title,
    isNumber: true,
    sortBy: ({ row }) => read(row),
    show: ({ row }) => (
      <span class={id === 'failures' && read(row) > 0 ? 'bad' : ''}>{read(row).toLocaleString('en-US')}</span>
    ),
  };
}

function time(
  id: string,
  title: string,
  read: (row: PageRow) => number | undefined,
  isMinor = false,
): TableColumn<IndexedRow> {
  return { id, title, isNumber: true, isMinor, sortBy: ({ row }) => read(row), show: ({ row }) => showMs(read(row)) };
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const INTERRUPTED = count('interrupted', 'Interrupted', ({ interrupted }) => interrupted);

const FIGURES: TableColumn<IndexedRow>[] = [
  count('completed', 'Requests', ({ completed }) => completed),
  count('failures', 'Failed', ({ failures }) => failures),
  {
    id: 'share',
    title: 'Failed %',
    isNumber: true,
    isMinor: true,
    sortBy: ({ row }) => row.failedShare,
    show: ({ row }) => (row.failures === 0 ? '0 %' : formatShare(row.failedShare)),
  },
  {
    id: 'rate',
    title: 'Req/s',
    hint: 'Requests a second, over the whole run',
    isNumber: true,
    sortBy: ({ row }) => row.requestsPerSecond,
    show: ({ row }) => grouped(row.requestsPerSecond, 2),
  },
  time('mean', 'Mean', ({ meanMs }) => meanMs, true),
  time('min', 'Min', ({ minMs }) => minMs, true),
  time('p50', '50%', ({ percentiles }) => percentiles[50]),
  time('p90', '90%', ({ percentiles }) => percentiles[90], true),
  time('p95', '95%', ({ percentiles }) => percentiles[95]),
  time('p99', '99%', ({ percentiles }) => percentiles[99]),
  time('max', 'Max', ({ maxMs }) => maxMs),
  {
    id: 'size',
    title: 'Size',
    hint: 'Bytes received for a request, on average',
    isNumber: true,
    isMinor: true,
    sortBy: ({ row }) => row.meanBytesReceived,
    show: ({ row }) => showBytes(row.meanBytesReceived),
  },
];
