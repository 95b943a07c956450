import { formatShare } from '../../../reporters/format/format-number.js';
import type { PageData, PageThreshold, PageVerdict } from '../../page-data.js';
import { PlainText } from '../parts/plain-text.js';
import { NOTHING, showMs, showRate } from '../show-numbers.js';

const WORDS: Record<PageVerdict['state'], string> = {
  running: 'Running',
  passed: 'Passed',
  failed: 'Failed',
  incomplete: 'Incomplete',
};

const MARKS: Record<PageThreshold['state'], string> = { passed: '✓', failed: '✗', pending: '–' };
const STATES: Record<PageThreshold['state'], string> = { passed: 'passed', failed: 'failed', pending: 'not judged' };

/** First of all: was it good, why, and the figures that everybody asks for. */
export function Verdict({ data }: { data: PageData }) {
  const { verdict, thresholds, finding, verifyFailures = [], notes } = data;
  return (
    <section id="verdict" class={`verdict is-${verdict.state}`} aria-labelledby="verdict-title">
      <h1 id="verdict-title">
        <span class="stamp" aria-hidden="true" />
        {WORDS[verdict.state]}
      </h1>
      <p class="verdict-text">
        <PlainText text={verdict.text} />
      </p>
      <KeyFigures data={data} />
      {thresholds.length > 0 && <Thresholds thresholds={thresholds} />}
      <Sentences sentences={verifyFailures.map((failure) => `verify: ${failure}`)} kind="bad" />
      <Sentences sentences={finding} />
      <Sentences sentences={notes} />
    </section>
  );
}

function KeyFigures({ data: { total, run } }: { data: PageData }) {
  const { completed, failures, failedShare, requestsPerSecond, percentiles } = total;
  const figures: [name: string, value: string, isBad?: boolean][] = [
    ['Requests', completed.toLocaleString('en-US')],
    ['Per second', showRate(requestsPerSecond)],
    [
      'Failed',
      failures === 0 ? '0' : `${failures.toLocaleString('en-US')} · ${formatShare(failedShare)}`,
      failures > 0,
    ],
    ['50 %', withUnit(percentiles[50])],
    ['95 %', withUnit(percentiles[95])],
    ['99 %', withUnit(percentiles[99])],
    ['Max', withUnit(total.maxMs)],
    ['Users, at most', run.mostUsers.toLocaleString('en-US')],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value, isBad]) => (
        <div key={name} class={isBad ? 'figure bad' : 'figure'}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function withUnit(ms: number | undefined): string {
  return ms === undefined ? NOTHING : `${showMs(ms)} ms`;
}

function Thresholds({ thresholds }: { thresholds: readonly PageThreshold[] }) {
  return (
    <>
      <h2 class="small-title">Thresholds</h2>
      <ul class="thresholds">
        {thresholds.map(({ state, text, value, note }, index) => (
          <li key={index} class={`is-${state}`}>
            <span class="mark" role="img" aria-label={STATES[state]}>
              {MARKS[state]}
            </span>
            <code>
              <PlainText text={text} />
            </code>
            <b>{value}</b>
            <span class="faint">{note}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Sentences({ sentences, kind = 'plain' }: { sentences: readonly string[]; kind?: 'plain' | 'bad' }) {
  if (sentences.length === 0) return null;
  return (
    <ul class={`sentences ${kind}`}>
      {sentences.map((sentence) => (
        <li key={sentence}>
          <PlainText text={sentence} />
        </li>
      ))}
    </ul>
  );
}
