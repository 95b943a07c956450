import { formatDuration } from '../options/format-duration.js';
import { formatOptionValue } from '../options/format-option-value.js';
import { formatAmount } from '../reporters/format/chart-scale.js';
import { escapeText } from '../reporters/format/escape-text.js';
import { formatCount, formatPlural } from '../reporters/format/format-number.js';
import { SHAPE_HORIZON_MS } from '../runtime/conductor/shape-horizon.js';
import { plannedEndMs } from '../runtime/load/describe-load.js';
import { amendLine } from '../runtime/load/line.js';
import { StartTimes } from '../runtime/load/starts.js';
import type { LinePiece, PlannedKind, PlannedLoad, StartsLoad } from '../runtime/plan.js';

/** A line with more pieces than this is told as its least and its largest value. */
const MAX_PIECES = 12;

/** A load's properties, a name and a text each, in the words of a scenario. */
export function describePlannedLoad(load: PlannedLoad, kinds: readonly PlannedKind[]): [name: string, text: string][] {
  const { gracefulStopMs, env, labels } = load;
  const rows: [string, string | undefined][] = [
    ['kinds', load.kinds.map((kind) => escapeText(kinds[kind]!.name)).join(', ')],
    ['begin', describeBegin(load)],
    ...describeModel(load),
    ['end', describeEnd(load)],
    ['graceful stop', formatDuration(gracefulStopMs)],
    ['env', escapeText(formatOptionValue('env', env))],
    ['labels', escapeText(formatOptionValue('labels', labels))],
  ];
  return rows.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text]]));
}

/** How many starts an open load has, or has in the first hour where it does not end. */
export function countStarts({ line, endMs }: PlannedLoad): { count: number; isEndless: boolean } {
  const times = new StartTimes(line, endMs);
  return Number.isFinite(times.count)
    ? { count: times.count, isEndless: false }
    : { count: times.startsBefore(SHAPE_HORIZON_MS), isEndless: true };
}

function describeModel(load: PlannedLoad): [string, string | undefined][] {
  if (load.model === 'starts') {
    const { count, isEndless } = countStarts(load);
    return [
      ['starts/s', describeLine(load)],
      ['starts', `${formatCount(count)} ${isEndless ? 'in the first hour' : 'in all'}`],
      ['users', describePool(load)],
    ];
  }
  const { iterations, gracefulRampDownMs, gracefulStopMs } = load;
  const perWhom = iterations?.of === 'user' ? 'for each user' : 'in all';
  return [
    ['users', load.executor === 'plain' ? describePlain(load.line) : describeLine(load)],
    [
      'ramp down',
      gracefulRampDownMs === gracefulStopMs ? undefined : `graceful for ${formatDuration(gracefulRampDownMs)}`,
    ],
    ['iterations', iterations === undefined ? undefined : `${formatCount(iterations.count)} ${perWhom}`],
  ];
}

function describePool({ preAllocatedUsers, maxUsers }: StartsLoad): string {
  const first = formatCount(preAllocatedUsers);
  return preAllocatedUsers === maxUsers ? first : `${first} from the beginning, ${formatCount(maxUsers)} at most`;
}

function describeBegin({ startAtMs, after }: PlannedLoad): string {
  if (startAtMs === undefined) return `when ${escapeText(after ?? '')} has ended`;
  return `at ${formatDuration(startAtMs)}`;
}

function describeEnd(load: PlannedLoad): string {
  const { endMs, startAtMs, executor } = load;
  const isLimited = load.model === 'users' && load.iterations !== undefined;
  if (endMs === undefined) {
    if (isLimited) return 'when its iterations are done, or stopped';
    return executor === 'shape' ? 'not within the first hour of its shape' : 'until stopped';
  }
  const runMs = plannedEndMs(load);
  const own = `${formatDuration(endMs)} after its begin`;
  const when = startAtMs === undefined || startAtMs === 0 ? own : `${own}, at ${formatDuration(runMs!)}`;
  const text = startAtMs === 0 ? `at ${formatDuration(endMs)}` : when;
  return isLimited ? `when its iterations are done, ${text} at the latest` : text;
}

function describePlain(line: readonly LinePiece[]): string {
  const [{ from, to, fromMs, toMs } = { from: 0, to: 0, fromMs: 0, toMs: 0 }] = line;
  const users = formatPlural(to, 'user');
  return to <= 1 ? users : `${users}, ${formatAmount(((to - from) * 1000) / (toMs - fromMs))} started a second`;
}

/** `from 0 to 50 in 1m, stays for 3m`; only the number where it never changes. */
function describeLine(load: PlannedLoad): string {
  const pieces = joinFlat(load);
  const first = pieces[0] ?? { from: 0, to: 0 };
  if (pieces.every(({ from, to }) => from === first.from && to === first.from)) return formatAmount(first.from);
  if (pieces.length > MAX_PIECES) {
    const values = pieces.flatMap(({ from, to }) => [from, to]);
    return `between ${formatAmount(Math.min(...values))} and ${formatAmount(Math.max(...values))}, in ${formatCount(pieces.length)} steps`;
  }
  return pieces.map((piece, index) => describePiece(piece, pieces[index - 1])).join(', ');
}

function describePiece({ fromMs, toMs, from, to }: LinePiece, before: LinePiece | undefined): string {
  const length = formatDuration(Math.round(toMs - fromMs));
  const jump = before === undefined || before.to === from ? '' : `jumps to ${formatAmount(from)}`;
  if (from === to) {
    if (jump !== '') return `${jump} for ${length}`;
    return before === undefined ? `${formatAmount(from)} for ${length}` : `stays for ${length}`;
  }
  const way = `to ${formatAmount(to)} in ${length}`;
  if (jump !== '') return `${jump}, ${way}`;
  return before === undefined ? `from ${formatAmount(from)} ${way}` : way;
}

/** The line up to the end, flat pieces that follow each other as one. */
function joinFlat({ line, endMs = SHAPE_HORIZON_MS }: PlannedLoad): LinePiece[] {
  const joined: LinePiece[] = [];
  for (const piece of amendLine(line, endMs, [])) {
    const last = joined.at(-1);
    const isMore = last !== undefined && last.from === last.to && last.to === piece.from && piece.from === piece.to;
    if (isMore) joined[joined.length - 1] = { ...last, toMs: piece.toMs };
    else if (piece.toMs > piece.fromMs) joined.push(piece);
  }
  return joined;
}
