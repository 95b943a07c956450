import type { ComponentChild, ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { matchesFilter, type SortOrder, type SortValue, sortRows } from './sort-rows.js';

export interface TableColumn<Row> {
  id: string;
  title: string;
  /** What the title stands for, where that is not plain. */
  hint?: string;
  isNumber?: boolean;
  /** Left out where there is little room. */
  isMinor?: boolean;
  sortBy(row: Row): SortValue;
  /** By what is in the row alone, and whether it has its detail below it. */
  show(row: Row, isOpen: boolean): ComponentChildren;
}

interface TableParts<Row> {
  /** Read out as the table's name. */
  caption: string;
  columns: TableColumn<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** What the filter looks into; without it there is no filter. */
  filterText?: (row: Row) => string;
  initialOrder?: SortOrder;
  /** Below the rows, whatever is filtered. */
  foot?: Row;
  /** So many rows are there at first; more are asked for. */
  firstRows?: number;
  /** Further controls beside the filter. */
  controls?: ComponentChildren;
  /** By what is in the row alone. */
  isMarked?: (row: Row) => boolean;
  /** A row below a row. */
  detail?: (row: Row) => ComponentChildren;
}

const FIRST_ROWS = 100;
/** Few rows need no filter. */
const LEAST_FILTERED = 6;

/** A table that is sorted by its headings and filtered by what is typed. */
export function DataTable<Row>(parts: TableParts<Row>) {
  const { caption, columns, rows, filterText, initialOrder, foot, isMarked, controls } = parts;
  const { firstRows = FIRST_ROWS } = parts;
  const [order, setOrder] = useState(initialOrder);
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => arrange(parts, order, filter), [rows, columns, order, filter, filterText]);
  const { limit, isWhole, showAll } = useGrowingLimit(
    shown.length,
    firstRows,
    `${order?.column} ${order?.isDescending} ${filter}`,
  );
  const listed = useRowNodes(parts, shown, limit);
  return (
    <>
      {(controls !== undefined || (filterText !== undefined && rows.length >= LEAST_FILTERED)) && (
        <div class="table-tools">
          {filterText !== undefined && rows.length >= LEAST_FILTERED && (
            <input
              type="search"
              class="filter"
              aria-label={`Filter: ${caption}`}
              placeholder="Filter…"
              value={filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          )}
          {controls}
          <output class="count">{filter === '' ? '' : `${shown.length} of ${rows.length}`}</output>
        </div>
      )}
      <Scroll caption={caption}>
        <table>
          <Head columns={columns} order={order} onSort={setOrder} />
          <tbody>{listed}</tbody>
          {foot !== undefined && (
            <tfoot>
              <Row row={foot} columns={columns} isMarked={isMarked?.(foot)} />
            </tfoot>
          )}
        </table>
      </Scroll>
      {!isWhole && listed.length < shown.length && (
        <button type="button" class="more" onClick={showAll}>
          Show all {shown.length} rows
        </button>
      )}
    </>
  );
}

/** All rows are more than a browser draws at once: once they are wanted, each picture has some more. */
function useGrowingLimit(count: number, step: number, arrangement: string) {
  const [isWhole, setWhole] = useState(false);
  const [grown, setGrown] = useState({ arrangement, limit: step });
  const limit = grown.arrangement === arrangement ? grown.limit : step;
  useEffect(() => {
    if (!isWhole || limit >= count) return;
    const frame = requestAnimationFrame(() => setGrown({ arrangement, limit: limit + step }));
    return () => cancelAnimationFrame(frame);
  }, [isWhole, limit, count, step, arrangement]);
  return { limit, isWhole, showAll: () => setWhole(true) };
}

/** Rows that were drawn, of these columns. */
interface DrawnRows<Row> {
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  closed: Map<Row, ComponentChild>;
}

/** The rows as they are drawn: one that stays as it was is not looked at again, wherever it stands. */
function useRowNodes<Row>(parts: TableParts<Row>, shown: readonly Row[], limit: number): ComponentChild[] {
  const drawn = useRef<DrawnRows<Row> | undefined>(undefined);
  const { columns, rows, keyOf, isMarked, detail } = parts;
  if (drawn.current?.columns !== columns || drawn.current.rows !== rows) {
    drawn.current = { columns, rows, closed: new Map() };
  }
  const { closed } = drawn.current;
  return shown.slice(0, limit).map((row) => {
    const below = detail?.(row);
    const kept = hasContent(below) ? undefined : closed.get(row);
    if (kept !== undefined) return kept;
    const node = <Row key={keyOf(row)} row={row} columns={columns} isMarked={isMarked?.(row)} detail={below} />;
    if (!hasContent(below)) closed.set(row, node);
    return node;
  });
}

function hasContent(children: ComponentChildren): boolean {
  return children !== undefined && children !== null && children !== false;
}

/** What scrolls sideways has to be reached by keys. */
export function Scroll({ caption, children }: { caption: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-scroll" tabIndex={0} aria-label={caption}>
      {children}
    </section>
  );
}

function arrange<Row>(
  { rows, columns, filterText }: TableParts<Row>,
  order: SortOrder | undefined,
  filter: string,
): Row[] {
  const column = columns.find(({ id }) => id === order?.column);
  const sorted = column === undefined ? [...rows] : sortRows(rows, column.sortBy, order!.isDescending);
  return filter === '' || filterText === undefined
    ? sorted
    : sorted.filter((row) => matchesFilter(filterText(row), filter));
}

interface HeadParts<Row> {
  columns: TableColumn<Row>[];
  order: SortOrder | undefined;
  onSort(order: SortOrder): void;
}

function Head<Row>({ columns, order, onSort }: HeadParts<Row>) {
  const sort = ({ id, isNumber = false }: TableColumn<Row>) => {
    const isSame = order?.column === id;
    // What is large is asked for first.
    onSort({ column: id, isDescending: isSame ? !order.isDescending : isNumber });
  };
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const direction = order?.column !== column.id ? 'none' : order.isDescending ? 'descending' : 'ascending';
          return (
            <th key={column.id} scope="col" class={classOf(column)} aria-sort={direction}>
              <button type="button" title={column.hint} onClick={() => sort(column)}>
                {column.title}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface RowParts<Row> {
  row: Row;
  columns: TableColumn<Row>[];
  isMarked?: boolean | undefined;
  detail?: ComponentChildren;
}

function Row<Row>({ row, columns, isMarked = false, detail }: RowParts<Row>) {
  const isOpen = hasContent(detail);
  return (
    <>
      <tr class={isMarked ? 'marked' : ''}>
        {columns.map((column, index) =>
          index === 0 ? (
            <th key={column.id} scope="row" class={classOf(column)}>
              {column.show(row, isOpen)}
            </th>
          ) : (
            <td key={column.id} class={classOf(column)}>
              {column.show(row, isOpen)}
            </td>
          ),
        )}
      </tr>
      {isOpen && (
        <tr class="detail">
          <td colSpan={columns.length}>{detail}</td>
        </tr>
      )}
    </>
  );
}

function classOf<Row>({ isNumber, isMinor }: TableColumn<Row>): string {
  return [isNumber ? 'number' : 'text', isMinor ? 'minor' : ''].join(' ').trim();
}
