import type { FieldProblem } from '../../server/http-interface.js';
import { Problems } from './field.js';
import type { StageValue } from './form-values.js';

interface StagesParts {
  stages: readonly StageValue[];
  onChange(stages: StageValue[]): void;
  problems: readonly FieldProblem[];
}

/** Stages, one below the other: in this time to so many users. */
export function StagesEditor({ stages, onChange, problems }: StagesParts) {
  const change = (index: number, next: Partial<StageValue>) =>
    onChange(stages.map((stage, at) => (at === index ? { ...stage, ...next } : stage)));
  const add = () => onChange([...stages, { duration: '30s', target: stages.at(-1)?.target ?? '10' }]);
  return (
    <fieldset class={problems.length > 0 ? 'stages wrong' : 'stages'}>
      <legend>Stages</legend>
      {stages.map((stage, index) => (
        <div class="stage" key={index}>
          <label>
            in{' '}
            <input
              class="short"
              value={stage.duration}
              aria-label={`Time of stage ${index + 1}`}
              onInput={(event) => change(index, { duration: event.currentTarget.value })}
            />
          </label>
          <label>
            to{' '}
            <input
              class="short"
              inputMode="numeric"
              value={stage.target}
              aria-label={`Users at the end of stage ${index + 1}`}
              onInput={(event) => change(index, { target: event.currentTarget.value })}
            />{' '}
            users
          </label>
          {stages.length > 1 && (
            <button
              type="button"
              aria-label={`Remove stage ${index + 1}`}
              onClick={() => onChange(stages.filter((_, at) => at !== index))}
            >
              ×
            </button>
          )}
        </div>
      ))}
      <button type="button" onClick={add}>
        Add a stage
      </button>
      <Problems id="stages" problems={problems} />
    </fieldset>
  );
}
