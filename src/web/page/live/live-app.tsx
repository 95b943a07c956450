import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageData } from '../../page-data.js';
import type { RunReport, StartForm } from '../../server/http-interface.js';
import { App } from '../app.js';
import { BaselineContext } from '../baseline.js';
import { PlainText } from '../parts/plain-text.js';
import { getJson } from './ask-server.js';
import { Comparison } from './comparison.js';
import type { FormValues } from './form-values.js';
import { History } from './history.js';
import { useKeptRuns } from './kept-runs.js';
import type { LiveRun, LiveState } from './live-run.js';
import { keepInAddress, readAddress } from './page-address.js';
import { readFigures } from './read-figures.js';
import { RunBar } from './run-bar.js';
import { StartFormPanel } from './start-form.js';
import { useBaselineChoice } from './use-baseline-choice.js';

/** A run of the past that is looked at. */
interface Opened {
  name: string;
  page: PageData | undefined;
  problem?: string;
}

/** The page of a process that runs scenarios: starts them, shows them while they go on, and those before. */
export function LiveApp({ live }: { live: LiveRun }) {
  const { status, page, isConnected } = useLive(live);
  const [isFormWanted, setFormWanted] = useState(false);
  const run = status?.run ?? 0;
  const { opened, open, close } = useOpened(status?.run);
  const lastForm = useRef<FormValues | undefined>(undefined);
  useEffect(() => setFormWanted(false), [run]);
  const known = useKeptRuns(`${run} ${status?.phase}`);
  const isIdle = status?.phase === 'ready' || status?.phase === 'ended';
  const current = status?.results ?? undefined;
  // One that goes on is no run of the past.
  const past = known.runs.map(({ name }) => name).filter((name) => isIdle || name !== current);
  const shownName = opened?.name ?? (page === undefined ? undefined : current);
  const baseline = useBaselineChoice(past, shownName);
  const hasForm = isIdle && (isFormWanted || (page === undefined && opened === undefined));
  const shown = opened === undefined ? page : opened.page;
  const isOver = opened === undefined ? status?.phase === 'ended' : isIdle || opened.name !== current;
  return (
    <BaselineContext.Provider value={baseline}>
      <RunBar
        status={status}
        isConnected={isConnected}
        figures={page === undefined ? undefined : readFigures(page)}
        onNewRun={hasForm ? undefined : () => setFormWanted(true)}
      />
      {hasForm && <StartPanel run={run} scenario={status.scenario} last={lastForm} isAlone={shown === undefined} />}
      {opened !== undefined && <OpenedNote opened={opened} onClose={close} hasRun={page !== undefined} />}
      {shown !== undefined && (
        <App
          key={shown.run.startedAt}
          data={shown}
          comparison={<Comparison candidate={shownName} isOver={isOver} baseline={baseline} />}
        />
      )}
      <div class="after">
        <History known={known} shown={shownName} baseline={baseline} onOpen={open} />
      </div>
    </BaselineContext.Provider>
  );
}

/** The run of the past that is looked at, which the address keeps; `run`: how many there were, once that is known. */
function useOpened(run: number | undefined) {
  const [opened, setOpened] = useState<Opened>();
  const lastRun = useRef(run);
  const latest = useRef<string | undefined>(undefined);
  const show = async (name: string | undefined) => {
    latest.current = name;
    keepInAddress({ run: name });
    if (name === undefined) return setOpened(undefined);
    setOpened({ name, page: undefined });
    const answered = await getJson<PageData>(`/api/results/${encodeURIComponent(name)}/page`);
    if (latest.current !== name) return;
    const problem = answered.isDone ? {} : { problem: answered.problem.error.message };
    setOpened({ name, page: answered.isDone ? answered.value : undefined, ...problem });
    window.scrollTo(0, 0);
  };
  useEffect(() => {
    const { run: kept } = readAddress();
    if (kept !== undefined) void show(kept);
  }, []);
  useEffect(() => {
    // A run that begins is looked at.
    if (lastRun.current !== undefined && lastRun.current !== run) void show(undefined);
    lastRun.current = run;
  }, [run]);
  return { opened, open: (name: string) => void show(name), close: () => void show(undefined) };
}

function useLive(live: LiveRun): LiveState {
  const [state, setState] = useState(live.state);
  useEffect(() => live.listen(setState), [live]);
  return state;
}

interface StartPanelParts {
  run: number;
  scenario: string;
  last: { current: FormValues | undefined };
  /** No run is shown below it. */
  isAlone: boolean;
}

/** The form as the server fills it in, which knows the command line and the scenario. */
function StartPanel({ run, scenario, last, isAlone }: StartPanelParts) {
  const [form, setForm] = useState<StartForm>();
  useEffect(() => {
    void getJson<RunReport>('/api/run').then((answered) => {
      if (answered.isDone) setForm(answered.value.form);
    });
  }, [run]);
  return (
    <section class="start-panel" role={isAlone ? 'main' : undefined} aria-labelledby="start-title">
      <h1 id="start-title">
        <PlainText text={scenario} />
      </h1>
      {form !== undefined && <StartFormPanel form={form} last={last} />}
    </section>
  );
}

function OpenedNote({ opened, onClose, hasRun }: { opened: Opened; onClose(): void; hasRun: boolean }) {
  const { name, page, problem } = opened;
  return (
    <p class={problem === undefined ? 'opened-note' : 'opened-note bad'} role="status">
      {problem !== undefined ? <PlainText text={problem} /> : page === undefined ? 'Reading ' : 'A run of the past: '}
      <b>
        <PlainText text={name} />
      </b>{' '}
      <button type="button" onClick={onClose}>
        {hasRun ? 'Back to the run' : 'Close'}
      </button>
    </p>
  );
}
