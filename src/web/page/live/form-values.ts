import type { FieldProblem, LoadChoice, StartForm, StartRequest } from '../../server/http-interface.js';

export interface StageValue {
  duration: string;
  target: string;
}

/** What stands in the form; all text, as it was typed. */
export interface FormValues {
  load: LoadChoice;
  host: string;
  users: string;
  spawnRate: string;
  runTime: string;
  rate: string;
  profile: string;
  stages: StageValue[];
  kinds: Record<string, string>;
}

export function fillForm(form: StartForm): FormValues {
  const { kinds, stages, profiles } = form;
  return {
    load: form.load,
    host: form.host,
    users: String(form.users),
    spawnRate: String(form.spawnRate),
    runTime: form.runTime,
    rate: '',
    profile: form.profile === '' ? (profiles[0] ?? '') : form.profile,
    stages: stages.length > 0 ? stages.map(readStage) : [{ duration: '30s', target: String(form.users) }],
    kinds: Object.fromEntries(kinds.map(({ name, weight, isPicked }) => [name, isPicked ? String(weight) : '0'])),
  };
}

/** The request that the form stands for: only what was changed, and what its kind of load is made of. */
export function toStartRequest(values: FormValues, form: StartForm): StartRequest {
  const before = fillForm(form);
  const isKept = JSON.stringify(values.kinds) === JSON.stringify(before.kinds);
  return {
    load: values.load,
    ...(values.host === before.host ? {} : { host: values.host }),
    ...(isKept ? {} : { kinds: readKinds(values.kinds) }),
    ...readLoad(values),
  };
}

/** What is wrong with one field. */
export function problemsOf(problems: readonly FieldProblem[], field: string): FieldProblem[] {
  return problems.filter((problem) => problem.field === field);
}

function readLoad(values: FormValues): StartRequest {
  const { load, users, spawnRate, runTime, rate, profile, stages } = values;
  const time = runTime.trim() === '' ? {} : { runTime };
  switch (load) {
    case 'users':
      return { users, spawnRate, ...time };
    case 'rate':
      return { rate, ...time };
    case 'stages':
      return { stages: stages.map(({ duration, target }) => `${duration.trim()}:${target.trim()}`) };
    case 'profile':
      return { profile };
    case 'scenario':
      return {};
  }
}

/** What is no number is said by the server, which knows what it must be. */
function readKinds(kinds: Record<string, string>): Record<string, number> {
  const entries = Object.entries(kinds).map(([name, text]): [string, number] => [
    name,
    text.trim() === '' ? 0 : Number(text),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== 0));
}

function readStage(text: string): StageValue {
  const [duration = '', target = ''] = text.split(':');
  return { duration, target };
}
