import { useState } from 'preact/hooks';
import type { FieldProblem, RunStatus } from '../../server/http-interface.js';
import { postJson } from './ask-server.js';
import { Field, Problems } from './field.js';
import { problemsOf } from './form-values.js';

/** Another number of users, or another rate, for a run that goes on. */
export function EditForm({ status, onDone }: { status: RunStatus; onDone(): void }) {
  const editable = status.loads.filter(({ isEditable }) => isEditable);
  const [load, setLoad] = useState(editable[0]!.name);
  const [amount, setAmount] = useState('');
  const [spawnRate, setSpawnRate] = useState('');
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const isRate = editable.find(({ name }) => name === load)?.model === 'starts';
  const field = isRate ? 'rate' : 'users';
  const change = async (event: Event) => {
    event.preventDefault();
    const speed = isRate || spawnRate.trim() === '' ? {} : { spawnRate };
    const answered = await postJson('/api/run/edit', { [field]: amount, load, ...speed });
    if (answered.isDone) onDone();
    else setProblems(answered.problem.fields ?? [{ field, ...answered.problem.error }]);
  };
  return (
    <form class="edit" onSubmit={change} aria-label="Change the load">
      {editable.length > 1 && (
        <div class="field">
          <label for="field-load">Load</label>
          <select id="field-load" value={load} onChange={(event) => setLoad(event.currentTarget.value)}>
            {editable.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
      )}
      <Field
        id="amount"
        title={isRate ? 'Iterations started' : 'Users'}
        value={amount}
        isNumber
        onInput={setAmount}
        problems={problemsOf(problems, field)}
        {...(isRate ? { unit: 'a second' } : {})}
      />
      {!isRate && (
        <Field
          id="speed"
          title="Spawn rate"
          value={spawnRate}
          isNumber
          placeholder="at once"
          unit="a second"
          onInput={setSpawnRate}
          problems={problemsOf(problems, 'spawnRate')}
        />
      )}
      <button type="submit" class="primary">
        Change
      </button>
      <Problems id="load" problems={problemsOf(problems, 'load')} />
    </form>
  );
}
