import { useEffect, useState } from 'preact/hooks';
import { formatDuration } from '../../../reporters/format/format-duration.js';
import type { KeptRun, KeptRuns } from '../../server/http-interface.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { getJson } from './ask-server.js';

interface HistoryParts {
  /** Read again whenever this is another one. */
  version: string;
  opened: string | undefined;
  onOpen(name: string): void;
}

/** Runs that are kept, the latest first: to open, and to download. */
export function History({ version, opened, onOpen }: HistoryParts) {
  const [runs, setRuns] = useState<KeptRun[]>([]);
  const [hasMore, setMore] = useState(false);
  const read = async (before?: string) => {
    const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`;
    const answered = await getJson<KeptRuns>(`/api/results${query}`);
    if (!answered.isDone) return;
    setRuns((known) => (before === undefined ? answered.value.runs : [...known, ...answered.value.runs]));
    setMore(answered.value.hasMore);
  };
  useEffect(() => void read(), [version]);
  if (runs.length === 0) return null;
  return (
    <Section id="history" title="Runs that are kept">
      <ul class="kept-runs">
        {runs.map((run) => (
          <Kept key={run.name} run={run} isOpened={run.name === opened} onOpen={() => onOpen(run.name)} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="more" onClick={() => read(runs.at(-1)!.name)}>
          Show earlier runs
        </button>
      )}
    </Section>
  );
}

function Kept({ run, isOpened, onOpen }: { run: KeptRun; isOpened: boolean; onOpen(): void }) {
  const { name, state, exitCode, durationMs, completed, failures, forms } = run;
  const figures = [
    durationMs === null ? 'no end' : formatDuration(durationMs),
    completed === null ? '' : `${completed.toLocaleString('en-US')} requests`,
    failures === null || failures === 0 ? '' : `${failures.toLocaleString('en-US')} failed`,
    state === null ? '' : `${state}, exit code ${exitCode}`,
  ];
  return (
    <li class={isOpened ? 'kept opened' : 'kept'}>
      <button type="button" class="link" onClick={onOpen}>
        <PlainText text={name} />
      </button>
      <span class="faint">{figures.filter((text) => text !== '').join(' · ')}</span>
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
