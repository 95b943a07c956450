import { useState } from 'preact/hooks';
import { formatElapsed } from '../../../reporters/format/format-duration.js';
import type { HttpProblem, RunStatus } from '../../server/http-interface.js';
import { PlainText } from '../parts/plain-text.js';
import { showMs, showRate } from '../show-numbers.js';
import { type Answered, postJson } from './ask-server.js';
import { EditForm } from './edit-form.js';
import type { LiveFigures } from './read-figures.js';

const WORDS: Record<RunStatus['phase'], string> = {
  ready: 'Ready',
  preparing: 'Preparing',
  running: 'Running',
  stopping: 'Stopping',
  ended: 'Ended',
};

interface BarParts {
  status: RunStatus | undefined;
  isConnected: boolean;
  /** Undefined before the first second is over. */
  figures: LiveFigures | undefined;
  /** Shows the form for another run; absent where it is shown already. */
  onNewRun: (() => void) | undefined;
}

/** Always in sight: how the run stands, and what can be done with it. */
export function RunBar({ status, isConnected, figures, onNewRun }: BarParts) {
  const [problem, setProblem] = useState<HttpProblem>();
  const [isEditing, setEditing] = useState(false);
  const isRunning = status?.phase === 'running';
  const act = async (name: string) => {
    const answered: Answered<RunStatus> = await postJson(`/api/run/${name}`);
    setProblem(answered.isDone ? undefined : answered.problem);
  };
  return (
    <section class="run-bar" aria-label="The run">
      <State status={status} isConnected={isConnected} figures={figures} />
      <div class="run-actions">
        {isRunning && <Changes status={status} act={act} onEdit={() => setEditing(!isEditing)} isEditing={isEditing} />}
        {(isRunning || status?.phase === 'preparing' || status?.phase === 'stopping') && (
          <button type="button" class="stop" onClick={() => act('stop')}>
            Stop
          </button>
        )}
        {status?.phase === 'ended' && onNewRun !== undefined && (
          <button type="button" class="primary" onClick={onNewRun}>
            New run
          </button>
        )}
      </div>
      {isRunning && isEditing && <EditForm status={status} onDone={() => setEditing(false)} />}
      {problem !== undefined && (
        <p class="problem" role="alert">
          <PlainText text={problem.error.message} />
        </p>
      )}
    </section>
  );
}

function State({ status, isConnected, figures }: Omit<BarParts, 'onNewRun'>) {
  const phase = status?.phase;
  const word = phase === undefined ? 'Connecting' : status!.isPaused ? 'Paused' : WORDS[phase];
  const outcome = status?.outcome;
  return (
    <div class="run-state">
      <span class={`run-phase is-${status?.isPaused ? 'paused' : phase}`} role="status">
        {word}
      </span>
      {figures !== undefined && <Figures figures={figures} isOver={phase === 'ended'} />}
      {!isConnected && <span class="bad">not connected: what is shown may be old</span>}
      {outcome?.state === 'failed' && (
        <span class="bad">
          <PlainText text={`${outcome.error.code} ${outcome.error.message}`} />{' '}
          {outcome.error.hint !== undefined && <code>{outcome.error.hint}</code>}
        </span>
      )}
    </div>
  );
}

function Figures({ figures, isOver }: { figures: LiveFigures; isOver: boolean }) {
  const { seconds, users, plannedUsers, requestsPerSecond, failuresPerSecond, p95 } = figures;
  return (
    <>
      <span>{formatElapsed(seconds * 1000)}</span>
      {!isOver && (
        <>
          <span>
            {users.toLocaleString('en-US')} of {plannedUsers.toLocaleString('en-US')} users
          </span>
          <span title="Of the last ten seconds">{showRate(requestsPerSecond)} req/s</span>
          <span title="Of the last ten seconds" class={failuresPerSecond > 0 ? 'bad' : ''}>
            {showRate(failuresPerSecond)} failed/s
          </span>
          <span title="95 % of the last second's answers were as fast">
            {p95 === undefined ? '–' : `${showMs(p95)} ms`} at 95 %
          </span>
        </>
      )}
    </>
  );
}

interface ChangesParts {
  status: RunStatus;
  act(name: string): void;
  onEdit(): void;
  isEditing: boolean;
}

function Changes({ status, act, onEdit, isEditing }: ChangesParts) {
  const name = status.isPaused ? 'resume' : 'pause';
  return (
    <>
      {status.loads.some(({ isEditable }) => isEditable) && (
        <button type="button" aria-expanded={isEditing} onClick={onEdit}>
          Edit
        </button>
      )}
      <button type="button" onClick={() => act(name)}>
        {status.isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" title="Counts anew from the next full second on" onClick={() => act('reset')}>
        Reset
      </button>
    </>
  );
}
