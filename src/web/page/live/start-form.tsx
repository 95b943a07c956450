import { useEffect, useRef, useState } from 'preact/hooks';
import type { FieldProblem, HttpProblem, LoadChoice, PlannedCurve, StartForm } from '../../server/http-interface.js';
import { PlainText } from '../parts/plain-text.js';
import { postJson } from './ask-server.js';
import { Field, Problems } from './field.js';
import { type FormValues, fillForm, problemsOf, toStartRequest } from './form-values.js';
import { LoadSketch } from './load-sketch.js';
import { StagesEditor } from './stages-editor.js';

/** How long somebody goes on typing. */
const TYPING_MS = 250;

const CHOICES: readonly [LoadChoice, string][] = [
  ['users', 'Users'],
  ['rate', 'Rate'],
  ['stages', 'Stages'],
  ['profile', 'Profile'],
  ['scenario', 'As the scenario says'],
];

interface Checked {
  curve: PlannedCurve | undefined;
  problems: FieldProblem[];
}

interface StartFormParts {
  form: StartForm;
  /** What was typed for the last run. */
  last: { current: FormValues | undefined };
}

/** What the next run is to be; says beside each field what is wrong with it, and shows the load while it is typed. */
export function StartFormPanel({ form, last }: StartFormParts) {
  const [values, setValues] = useState(() => last.current ?? fillForm(form));
  const [refused, setRefused] = useState<HttpProblem>();
  const checked = usePlan(values, form);
  const set = (change: Partial<FormValues>) => {
    setRefused(undefined);
    setValues((before) => ({ ...before, ...change }));
  };
  const start = async (event: Event) => {
    event.preventDefault();
    const answered = await postJson('/api/run', toStartRequest(values, form));
    if (answered.isDone) last.current = values;
    setRefused(answered.isDone ? undefined : answered.problem);
  };
  const problems = refused?.fields ?? checked.problems;
  return (
    <form class="start" onSubmit={start} aria-label="Start a run">
      <div class="start-fields">
        <Field
          id="host"
          title="Host"
          value={values.host}
          placeholder="http://localhost:8000"
          onInput={(host) => set({ host })}
          problems={problemsOf(problems, 'host')}
        />
        <LoadChoices form={form} value={values.load} onChange={(load) => set({ load })} />
        <LoadFields form={form} values={values} set={set} problems={problems} />
        <Kinds form={form} values={values} set={set} problems={problems} />
        <Rest load={values.load} problems={problems} refused={refused} />
        <button type="submit" class="primary">
          Start
        </button>
      </div>
      <LoadSketch curve={checked.curve} hasProblem={problems.length > 0} />
    </form>
  );
}

/** The load that the form stands for, a moment after it was changed last. */
function usePlan(values: FormValues, form: StartForm): Checked {
  const [checked, setChecked] = useState<Checked>({ curve: undefined, problems: [] });
  const latest = useRef(0);
  useEffect(() => {
    const number = ++latest.current;
    const timer = setTimeout(async () => {
      const answered = await postJson<PlannedCurve>('/api/plan', toStartRequest(values, form));
      if (number !== latest.current) return;
      if (answered.isDone) setChecked({ curve: answered.value, problems: [] });
      else setChecked({ curve: undefined, problems: answered.problem.fields ?? [] });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [values, form]);
  return checked;
}

function LoadChoices({
  form,
  value,
  onChange,
}: {
  form: StartForm;
  value: LoadChoice;
  onChange(load: LoadChoice): void;
}) {
  const offered = CHOICES.filter(([choice]) => choice !== 'profile' || form.profiles.length > 0);
  return (
    <fieldset class="choices">
      <legend>Load</legend>
      {offered.map(([choice, title]) => (
        <label key={choice} class={choice === value ? 'choice chosen' : 'choice'}>
          <input type="radio" name="load" checked={choice === value} onChange={() => onChange(choice)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

interface PartOfForm {
  form: StartForm;
  values: FormValues;
  set(change: Partial<FormValues>): void;
  problems: readonly FieldProblem[];
}

function LoadFields(parts: PartOfForm) {
  const { form, values, set, problems } = parts;
  switch (values.load) {
    case 'users':
      return (
        <div class="field-group">
          <LoadField {...parts} name="users" title="Users" />
          <LoadField {...parts} name="spawnRate" title="Spawn rate" unit="a second" />
          <LoadField {...parts} name="runTime" title="Run time" placeholder="until stopped" />
        </div>
      );
    case 'rate':
      return (
        <div class="field-group">
          <LoadField {...parts} name="rate" title="Iterations started" unit="a second" />
          <LoadField {...parts} name="runTime" title="Run time" placeholder="5m" />
        </div>
      );
    case 'stages':
      return (
        <StagesEditor
          stages={values.stages}
          onChange={(stages) => set({ stages })}
          problems={problemsOf(problems, 'stages')}
        />
      );
    case 'profile':
      return <Profiles {...parts} />;
    case 'scenario':
      return (
        <p class="faint">
          <PlainText text={form.scenarioLoad} />
        </p>
      );
  }
}

interface LoadFieldParts extends PartOfForm {
  name: 'users' | 'spawnRate' | 'runTime' | 'rate';
  title: string;
  unit?: string;
  placeholder?: string;
}

function LoadField({ name, title, values, set, problems, form: _, ...rest }: LoadFieldParts) {
  return (
    <Field
      id={name}
      title={title}
      value={values[name]}
      isNumber={name !== 'runTime'}
      onInput={(value) => set({ [name]: value })}
      problems={problemsOf(problems, name)}
      {...rest}
    />
  );
}

function Profiles({ form, values, set, problems }: PartOfForm) {
  return (
    <div class="field">
      <label for="field-profile">Profile</label>
      <select
        id="field-profile"
        value={values.profile}
        onChange={(event) => set({ profile: event.currentTarget.value })}
      >
        {form.profiles.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Problems id="profile" problems={problemsOf(problems, 'profile')} />
    </div>
  );
}

function Kinds({ form, values, set, problems }: PartOfForm) {
  const wrong = problemsOf(problems, 'kinds');
  return (
    <fieldset class={wrong.length > 0 ? 'kinds wrong' : 'kinds'}>
      <legend>Kinds of users</legend>
      {form.kinds.map(({ name, isFixed }) => (
        <label key={name} class="kind">
          <PlainText text={name} />
          <input
            class="short"
            inputMode="decimal"
            value={values.kinds[name]}
            aria-label={`${isFixed ? 'Number' : 'Weight'} of ${name}`}
            onInput={(event) => set({ kinds: { ...values.kinds, [name]: event.currentTarget.value } })}
          />
          <span class="faint">{isFixed ? 'users' : 'weight'}</span>
        </label>
      ))}
      <Problems id="kinds" problems={wrong} />
    </fieldset>
  );
}

/** Fields that are there, whichever load is chosen, and those of each. */
const FIELDS = ['host', 'kinds'];
const FIELDS_OF_LOAD: Record<LoadChoice, readonly string[]> = {
  users: ['users', 'spawnRate', 'runTime'],
  rate: ['rate', 'runTime'],
  stages: ['stages'],
  profile: ['profile'],
  scenario: [],
};

interface RestParts {
  load: LoadChoice;
  problems: readonly FieldProblem[];
  refused: HttpProblem | undefined;
}

/** What belongs to no field that is there. */
function Rest({ load, problems, refused }: RestParts) {
  const shown = [...FIELDS, ...FIELDS_OF_LOAD[load]];
  const rest = problems
    .filter(({ field }) => !shown.includes(field))
    .map((problem) => ({ ...problem, message: nameField(problem) }));
  const whole = refused === undefined || refused.fields !== undefined ? [] : [{ field: '', ...refused.error }];
  return (
    <div role="alert">
      <Problems id="form" problems={[...rest, ...whole]} />
    </div>
  );
}

/** Beside its field a message begins with what is wrong; elsewhere it has to say with what. */
function nameField({ field, message }: FieldProblem): string {
  return /^(?:must|has|is|leaves)\b/.test(message) ? `"${field}" ${message}` : message;
}
