import { useMemo, useState } from 'preact/hooks';
import { formatCount } from '../../../reporters/format/format-number.js';
import type { PageData } from '../../page-data.js';
import { Scroll } from '../parts/data-table.js';
import { Clipped } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { listRatioRows, type RatioRow } from '../ratio-rows.js';
import { NOTHING } from '../show-numbers.js';

const FIRST_ROWS = 100;

/** How often each task of each kind was to begin, beside how often it did. */
export function TaskRatios({ data: { taskRatios } }: { data: PageData }) {
  const rows = useMemo(() => listRatioRows(taskRatios), [taskRatios]);
  const [isWhole, setWhole] = useState(false);
  if (rows.length === 0) return null;
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  // Of one kind with nothing nested, both shares are the same.
  const hasAll = taskRatios.length > 1 || rows.some(({ depth }) => depth > 1);
  return (
    <Section id="tasks" title="Tasks" note="Wanted by their weights, and as they really began">
      <Scroll caption="Kinds of users and their tasks">
        <table>
          <Head hasAll={hasAll} />
          <tbody>
            {shown.map((row) => (
              <Row key={row.key} row={row} hasAll={hasAll} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown.length < rows.length && (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show all {rows.length} rows
        </button>
      )}
      <p class="faint ratio-note">{explain(rows, hasAll)}</p>
    </Section>
  );
}

function explain(rows: readonly RatioRow[], hasAll: boolean): string {
  const has = (shareOf: RatioRow['shareOf']) => rows.some((row) => row.shareOf === shareOf);
  return [
    ...(has('choices') ? ['A task’s share is that of the choices in its set.'] : []),
    ...(has('rounds') ? ['In a sequence a task is wanted once a round, and its share is that of the rounds.'] : []),
    ...(has('users') ? ['A kind’s share is that of the time users were at work.'] : []),
    ...(hasAll && has('users') ? ['Users who wait less begin more of all tasks than their share.'] : []),
    ...(rows.some(({ isOff }) => isOff) ? ['▲ and ▼ mark what chance does not explain.'] : []),
  ].join(' ');
}

function Head({ hasAll }: { hasAll: boolean }) {
  return (
    <thead class="unsorted">
      <tr>
        <th scope="col">Kind and task</th>
        <th scope="col" class="number">
          Wanted
        </th>
        <th scope="col" class="number">
          Actual
        </th>
        <th scope="col" class="number">
          Difference
        </th>
        {hasAll && (
          <>
            <th scope="col" class="number minor">
              Of all, wanted
            </th>
            <th scope="col" class="number minor">
              Of all, actual
            </th>
          </>
        )}
        <th scope="col" class="number">
          Started
        </th>
      </tr>
    </thead>
  );
}

function Row({ row, hasAll }: { row: RatioRow; hasAll: boolean }) {
  const { label, depth, type, wantedShare, actualShare, wantedShareOfAll, actualShareOfAll, started } = row;
  return (
    <tr class={type === 'kind' ? 'ratio-kind' : ''}>
      <th scope="row">
        <span class="ratio-name" style={{ '--depth': depth }}>
          <Clipped text={label} /> <Note row={row} />
        </span>
      </th>
      <td class="number">{showWanted(row)}</td>
      <td class="number">{showShare(actualShare)}</td>
      <td class="number">
        <Bar wanted={wantedShare} actual={actualShare} />
        <Difference row={row} />
      </td>
      {hasAll && (
        <>
          <td class="number minor">{showShare(wantedShareOfAll)}</td>
          <td class="number minor">{showShare(actualShareOfAll)}</td>
        </>
      )}
      <td class="number">{formatCount(started)}</td>
    </tr>
  );
}

function Note({ row: { shareOf, type } }: { row: RatioRow }) {
  const text = type === 'kind' ? shareOf && `of ${shareOf}` : type === 'task' ? undefined : type;
  return text === undefined ? null : <span class="method minor">{text}</span>;
}

/** In percent points. */
function Difference({ row: { wantedShare, actualShare, isOff } }: { row: RatioRow }) {
  if (wantedShare === undefined || actualShare === undefined) return <>{NOTHING}</>;
  const points = (actualShare - wantedShare) * 100;
  const text = Math.abs(points) < 0.05 ? '0.0' : `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(1)}`;
  return (
    <span class={isOff ? 'ratio-points off' : 'ratio-points faint'}>
      {isOff ? `${points > 0 ? '▲' : '▼'} ${text}` : text}
    </span>
  );
}

/** Filled as far as the actual share, with a line at the wanted one; the figures say the same. */
function Bar({ wanted, actual }: { wanted: number | undefined; actual: number | undefined }) {
  const percent = (share: number) => `${Math.min(100, share * 100)}%`;
  return (
    <span class="ratio-bar" aria-hidden="true">
      {actual !== undefined && <span class="ratio-fill" style={{ width: percent(actual) }} />}
      {wanted !== undefined && <span class="ratio-mark" style={{ left: percent(wanted) }} />}
    </span>
  );
}

/** What comes in every round is not chosen. */
function showWanted({ shareOf, wantedShare }: RatioRow): string {
  if (shareOf !== 'rounds' || wantedShare === undefined) return showShare(wantedShare);
  return wantedShare === 1 ? 'once' : `${wantedShare} times`;
}

function showShare(share: number | undefined): string {
  if (share === undefined) return NOTHING;
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '<0.1 %';
  return `${percent.toFixed(1)} %`;
}
