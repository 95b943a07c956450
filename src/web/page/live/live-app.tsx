import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageData } from '../../page-data.js';
import type { RunReport, StartForm } from '../../server/http-interface.js';
import { App } from '../app.js';
import { PlainText } from '../parts/plain-text.js';
import { getJson } from './ask-server.js';
import type { FormValues } from './form-values.js';
import { History } from './history.js';
import type { LiveRun, LiveState } from './live-run.js';
import { readFigures } from './read-figures.js';
import { RunBar } from './run-bar.js';
import { StartFormPanel } from './start-form.js';

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
  const [opened, setOpened] = useState<Opened>();
  const lastForm = useRef<FormValues | undefined>(undefined);
  const run = status?.run ?? 0;
  useEffect(() => {
    setFormWanted(false);
    setOpened(undefined);
  }, [run]);
  const open = async (name: string) => {
    setOpened({ name, page: undefined });
    const answered = await getJson<PageData>(`/api/results/${encodeURIComponent(name)}/page`);
    setOpened(
      answered.isDone
        ? { name, page: answered.value }
        : { name, page: undefined, problem: answered.problem.error.message },
    );
    window.scrollTo(0, 0);
  };
  const isIdle = status?.phase === 'ready' || status?.phase === 'ended';
  const hasForm = isIdle && (isFormWanted || (page === undefined && opened === undefined));
  const shown = opened === undefined ? page : opened.page;
  return (
    <>
      <RunBar
        status={status}
        isConnected={isConnected}
        figures={page === undefined ? undefined : readFigures(page)}
        onNewRun={hasForm ? undefined : () => setFormWanted(true)}
      />
      {hasForm && <StartPanel run={run} scenario={status.scenario} last={lastForm} />}
      {opened !== undefined && (
        <OpenedNote opened={opened} onClose={() => setOpened(undefined)} hasRun={page !== undefined} />
      )}
      {shown !== undefined && <App key={shown.run.startedAt} data={shown} />}
      <div class="after">
        <History version={`${run} ${status?.phase}`} opened={opened?.name} onOpen={open} />
      </div>
    </>
  );
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
}

/** The form as the server fills it in, which knows the command line and the scenario. */
function StartPanel({ run, scenario, last }: StartPanelParts) {
  const [form, setForm] = useState<StartForm>();
  useEffect(() => {
    void getJson<RunReport>('/api/run').then((answered) => {
      if (answered.isDone) setForm(answered.value.form);
    });
  }, [run]);
  return (
    <section class="start-panel" aria-labelledby="start-title">
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
