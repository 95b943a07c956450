import { formatDuration } from './format-duration.js';
import { parseDuration } from './parse-duration.js';
import type { Parsed, ValueParser } from './parse-value.js';
import type { StageOption } from './resolved-options.js';

const FORM = 'stages of the form <time>:<users>, such as 30s:100';
/** A plan of more users than this would not fit into memory, let alone the users. */
const MOST_USERS = 10_000_000;

/**
 * `30s:100` → `{ durationMs: 30_000, target: 100 }`: a list of such texts, or text with several between spaces or commas;
 * in JSON also objects `{ duration, target }`.
 */
export const parseStages: ValueParser<StageOption[]> = (raw) => {
  const given: unknown[] = Array.isArray(raw) ? raw : [raw];
  const stages: StageOption[] = [];
  for (const part of given.flatMap(splitText)) {
    const stage = parseStage(part);
    if (!stage.isValid) return stage;
    stages.push(stage.value);
  }
  if (stages.length === 0) return refuse(`${FORM}, at least one`);
  if (stages.every(({ durationMs }) => durationMs === 0)) return refuse('stages of which one lasts longer than 0s');
  if (stages.every(({ target }) => target === 0)) return refuse('stages of which one has users');
  return { isValid: true, value: stages };
};

/** The text that `parseStages` reads back. */
export function formatStage({ durationMs, target }: StageOption): string {
  return `${formatDuration(durationMs)}:${target}`;
}

function splitText(part: unknown): unknown[] {
  return typeof part === 'string' ? part.split(/[\s,]+/).filter((text) => text !== '') : [part];
}

function parseStage(part: unknown): Parsed<StageOption> {
  const { duration, target } = takeApart(part);
  if (duration === undefined || target === undefined) return refuse(FORM, guessStage(part));
  const durationMs = parseDuration(duration);
  if (durationMs === undefined) return refuse(`${FORM}; "${duration}" is no span of time`);
  const users = typeof target === 'string' && /^\d+$/.test(target) ? Number(target) : target;
  if (typeof users !== 'number' || !Number.isInteger(users) || users < 0 || users > MOST_USERS) {
    return refuse(`${FORM}; "${String(target)}" is no whole number of users from 0 to ${MOST_USERS}`);
  }
  return { isValid: true, value: { durationMs, target: users } };
}

function takeApart(part: unknown): { duration?: unknown; target?: unknown } {
  if (typeof part === 'object' && part !== null) return part;
  const match = typeof part === 'string' ? /^([^:]+):([^:]+)$/.exec(part) : null;
  return match === null ? {} : { duration: match[1], target: match[2] };
}

/** `100:30s` and `30s=100` were meant as `30s:100`. */
function guessStage(part: unknown): string | undefined {
  const [, duration, target] = (typeof part === 'string' ? /^([\d.hms]+)[=x/@-](\d+)$/.exec(part) : null) ?? [];
  return parseDuration(duration) === undefined ? undefined : `${duration}:${target}`;
}

function refuse(must: string, meant?: string): Parsed<never> {
  return { isValid: false, must, ...(meant === undefined ? {} : { meant }) };
}
