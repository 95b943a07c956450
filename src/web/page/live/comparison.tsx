import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Change, Figure } from '../../../metrics/compare/compare-rows.js';
import type { JudgedChange } from '../../../metrics/compare/compare-runs.js';
import { CHANGE_VERDICTS, type ChangeVerdict } from '../../../metrics/compare/judge-change.js';
import { describeChange, nameOf } from '../../../reporters/compare/change-words.js';
import type { ComparedFigure } from '../../../reporters/compare/comparison-document.js';
import { escapeText } from '../../../reporters/format/escape-text.js';
import type { HttpProblem, RunComparison } from '../../server/http-interface.js';
import type { BaselineChoice } from '../baseline.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { Clipped, PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { getJson } from './ask-server.js';

interface ComparisonParts {
  /** The run that is looked at, as it is kept; undefined where it is not. */
  candidate: string | undefined;
  isOver: boolean;
  baseline: BaselineChoice;
}

const TOLERANCES = [2, 5, 10, 20];
const DEFAULT_TOLERANCE = 10;

/** What is different from the run that this one is laid over, and whether that is more than chance. */
export function Comparison({ candidate, isOver, baseline }: ComparisonParts) {
  const { chosen, choose } = baseline;
  const [tolerance, setTolerance] = useState(DEFAULT_TOLERANCE);
  const answer = useComparison(isOver ? candidate : undefined, chosen, tolerance);
  if (chosen === undefined) return null;
  return (
    <Section
      id="comparison"
      title="Comparison"
      note={
        <div class="comparison-tools">
          <label>
            Tolerated{' '}
            <select value={tolerance} onChange={({ currentTarget }) => setTolerance(Number(currentTarget.value))}>
              {TOLERANCES.map((percent) => (
                <option key={percent} value={percent}>
                  {percent} %
                </option>
              ))}
            </select>
          </label>
          <button type="button" class="reset" onClick={() => choose(undefined)}>
            Remove
          </button>
        </div>
      }
    >
      <p class="sentence">
        Laid over{' '}
        <b>
          <PlainText text={chosen} />
        </b>
        , the baseline: dotted in the charts, by time since either run began.
      </p>
      <div aria-live="polite">
        <Answer answer={answer} isOver={isOver} isKept={candidate !== undefined} />
      </div>
    </Section>
  );
}

type ComparisonAnswer = { comparison?: RunComparison; problem?: HttpProblem };

/** Undefined while there is nothing to say. */
function useComparison(candidate: string | undefined, baseline: string | undefined, tolerance: number) {
  const [answer, setAnswer] = useState<ComparisonAnswer>();
  useEffect(() => {
    setAnswer(undefined);
    if (candidate === undefined || baseline === undefined) return;
    let isLatest = true;
    const query = new URLSearchParams({ baseline, tolerance: String(tolerance) });
    void getJson<RunComparison>(`/api/results/${encodeURIComponent(candidate)}/compare?${query}`).then((answered) => {
      if (!isLatest) return;
      setAnswer(answered.isDone ? { comparison: answered.value } : { problem: answered.problem });
    });
    return () => {
      isLatest = false;
    };
  }, [candidate, baseline, tolerance]);
  return answer;
}

interface AnswerParts {
  answer: ComparisonAnswer | undefined;
  isOver: boolean;
  isKept: boolean;
}

function Answer({ answer, isOver, isKept }: AnswerParts) {
  if (!isOver) return <p class="faint">The verdict comes when the run has ended.</p>;
  if (!isKept) return <p class="faint">This run is not kept, so there is no verdict.</p>;
  if (answer === undefined) return <p class="faint">Comparing…</p>;
  if (answer.comparison !== undefined) return <Compared comparison={answer.comparison} />;
  return (
    <p class="bad">
      <PlainText text={answer.problem!.error.message} />
    </p>
  );
}

const WORDS: Record<ChangeVerdict, string> = {
  regression: 'Regression',
  worse: 'Worse, within what is tolerated',
  better: 'Better',
  unclear: 'Not enough data',
  same: 'No change',
  'not-judged': 'Not judged',
};

function Compared({ comparison }: { comparison: RunComparison }) {
  const { verdict, summary, notes, confidence, onlyInBaseline, onlyInCandidate } = comparison;
  return (
    <>
      <div class={`compared is-${verdict}`}>
        <p class="compared-verdict">{WORDS[verdict]}</p>
        <ul class="sentences">
          {[...withoutTitle(summary), ...notes].map((sentence) => (
            <li key={sentence}>
              <PlainText text={sentence} />
            </li>
          ))}
        </ul>
      </div>
      <ComparisonTable comparison={comparison} />
      <p class="explanation">
        Each figure: how it changed, from what to what, and the interval it is in. All intervals of all requests hold at
        once {confidence * 100} times in 100, and so do those of all names. What is not sure is not called different.
      </p>
      <Missing title="Only in the baseline" names={onlyInBaseline} />
      <Missing title="Only in this run" names={onlyInCandidate} />
    </>
  );
}

/** What stands above it already. */
function withoutTitle(summary: readonly string[]): readonly string[] {
  return summary[0]?.endsWith(':') ? summary.slice(1) : summary;
}

const MOST_LISTED = 50;

function Missing({ title, names }: { title: string; names: RunComparison['onlyInBaseline'] }) {
  if (names.length === 0) return null;
  const more = names.length - MOST_LISTED;
  return (
    <p class="explanation">
      {title}: <PlainText text={names.slice(0, MOST_LISTED).map(nameOf).join(', ')} />
      {more > 0 && ` and ${more} more`}
    </p>
  );
}

type NamedRow = RunComparison['names'][number];

const FIGURES: readonly [figure: Figure, title: string, isMinor?: boolean][] = [
  ['p50', '50%'],
  ['p95', '95%'],
  ['p99', '99%'],
  ['mean', 'Mean', true],
  ['throughput', 'Req/s'],
  ['failures', 'Failed'],
];

function ComparisonTable({ comparison: { total, names, tolerance } }: { comparison: RunComparison }) {
  const columns = useMemo(() => createColumns(tolerance), [tolerance]);
  // A single name did what all requests together did.
  const rows = [{ method: '', name: '', ...total }, ...(names.length > 1 ? names : [])];
  return (
    <DataTable
      caption="Changes by name"
      columns={columns}
      rows={rows}
      keyOf={({ method, name }) => `${method} ${name}`}
      filterText={({ method, name }) => `${method} ${name}`}
      isMarked={({ verdict }) => verdict === 'regression'}
    />
  );
}

function createColumns(tolerance: number): TableColumn<NamedRow>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      sortBy: nameOf,
      show: (row) => (row.method === '' && row.name === '' ? <b>All requests</b> : <Name row={row} />),
    },
    {
      id: 'verdict',
      title: 'Verdict',
      sortBy: ({ verdict }) => CHANGE_VERDICTS.indexOf(verdict),
      show: ({ verdict }) => <span class={`change is-${verdict}`}>{WORDS[verdict]}</span>,
    },
    ...FIGURES.map(
      ([figure, title, isMinor = false]): TableColumn<NamedRow> => ({
        id: figure,
        title,
        isMinor,
        isNumber: true,
        sortBy: ({ figures }) => figures[figure].change,
        show: ({ figures }) => <ChangeCell change={toChange(figure, figures[figure])} tolerance={tolerance} />,
      }),
    ),
  ];
}

function Name({ row: { method, name } }: { row: NamedRow }) {
  return (
    <span class="name">
      <span class="method">{escapeText(method)}</span> <Clipped text={name} />
    </span>
  );
}

/** An end that nothing is known of is infinitely far. */
function toChange(figure: Figure, { low, high, ...known }: ComparedFigure): JudgedChange {
  const ends: Pick<Change, 'low' | 'high'> = {
    low: low ?? Number.NEGATIVE_INFINITY,
    high: high ?? Number.POSITIVE_INFINITY,
  };
  return { figure, ...known, ...ends };
}

function ChangeCell({ change, tolerance }: { change: JudgedChange; tolerance: number }) {
  const cells = describeChange(change, tolerance);
  return (
    <span class={`change is-${change.verdict}`}>
      <b>{cells.change}</b>
      <span>
        {cells.baseline} → {cells.candidate}
      </span>
      <span class="faint">{cells.interval}</span>
      <span class="change-words">{cells.verdict}</span>
    </span>
  );
}
