import { formatDuration } from '../../../reporters/format/format-duration.js';
import type { KeptRun } from '../../server/http-interface.js';
import type { BaselineChoice } from '../baseline.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import type { KnownRuns } from './kept-runs.js';

interface HistoryParts {
  known: KnownRuns;
  /** The run that is looked at; undefined: none, or one that is not kept. */
  shown: string | undefined;
  baseline: BaselineChoice;
  onOpen(name: string): void;
}

/** Runs that are kept, the latest first: to open, to lay over, and to download. */
export function History({ known: { runs, hasMore, readMore }, shown, baseline, onOpen }: HistoryParts) {
  if (runs.length === 0) return null;
  return (
    <Section id="history" title="Runs that are kept">
      <ul class="kept-runs">
        {runs.map((run) => (
          <Kept key={run.name} run={run} isShown={run.name === shown} baseline={baseline} onOpen={onOpen} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="more" onClick={readMore}>
          Show earlier runs
        </button>
      )}
    </Section>
  );
}

interface KeptParts extends Pick<HistoryParts, 'baseline' | 'onOpen'> {
  run: KeptRun;
  isShown: boolean;
}

function Kept({ run, isShown, baseline, onOpen }: KeptParts) {
  const { name, state, exitCode, durationMs, completed, failures, forms } = run;
  const isBaseline = baseline.chosen === name;
  const canLayOver = baseline.names.includes(name) && completed !== 0;
  const figures = [
    durationMs === null ? 'no end' : formatDuration(durationMs),
    completed === null ? '' : `${completed.toLocaleString('en-US')} requests`,
    failures === null || failures === 0 ? '' : `${failures.toLocaleString('en-US')} failed`,
    state === null ? '' : `${state}, exit code ${exitCode}`,
  ];
  return (
    <li class={isShown ? 'kept opened' : 'kept'}>
      <button type="button" class="link" onClick={() => onOpen(name)}>
        <PlainText text={name} />
      </button>
      <span class="faint">{figures.filter((text) => text !== '').join(' · ')}</span>
      {canLayOver && (
        <button
          type="button"
          class="over"
          aria-pressed={isBaseline}
          aria-label={`Lay over ${name}`}
          onClick={() => baseline.choose(isBaseline ? undefined : name)}
        >
          Lay over
        </button>
      )}
      <span class="forms">
        {forms.map((form) => (
          <a key={form} href={`/api/results/${encodeURIComponent(name)}/${form}`} download>
            {form}
          </a>
        ))}
      </span>
    </li>
  );
}
