import type { ComponentChildren } from 'preact';
import type { FieldProblem } from '../../server/http-interface.js';
import { PlainText } from '../parts/plain-text.js';

interface FieldParts {
  id: string;
  title: string;
  value: string;
  onInput(value: string): void;
  problems: readonly FieldProblem[];
  /** Behind the field. */
  unit?: string;
  placeholder?: string;
  isNumber?: boolean;
}

/** A field with its name above and what is wrong with it below. */
export function Field({ id, title, value, onInput, problems, unit, placeholder = '', isNumber = false }: FieldParts) {
  const hasProblem = problems.length > 0;
  return (
    <div class={hasProblem ? 'field wrong' : 'field'}>
      <label for={`field-${id}`}>{title}</label>
      <span class="field-row">
        <input
          id={`field-${id}`}
          value={value}
          placeholder={placeholder}
          inputMode={isNumber ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={hasProblem}
          aria-describedby={hasProblem ? `field-${id}-problem` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {unit !== undefined && <span class="faint">{unit}</span>}
      </span>
      <Problems id={id} problems={problems} />
    </div>
  );
}

export function Problems({ id, problems }: { id: string; problems: readonly FieldProblem[] }): ComponentChildren {
  if (problems.length === 0) return null;
  return (
    <p class="problem" id={`field-${id}-problem`}>
      {problems.map(({ message, hint }) => (
        <span key={message}>
          <PlainText text={message} /> {hint !== undefined && <code>{hint}</code>}
        </span>
      ))}
    </p>
  );
}
