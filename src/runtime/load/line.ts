import type { LinePiece } from '../plan.js';

/** One stage of a load: the line runs straight to `target`. */
export interface Stage {
  /** 0 jumps. */
  durationMs: number;
  target: number;
}

/**
 * A stretch of a line as it is worked with: together the spans of a line cover [0, Infinity) and none is empty. `fromMs`
 * and `toMs` are as the piece had them, for the slope; `beginMs` and `endMs` are the same as instants, to compare with.
 */
export interface Span extends LinePiece {
  beginMs: number;
  endMs: number;
}

const spansByLine = new WeakMap<readonly LinePiece[], readonly Span[]>();

/**
 * An instant to the nanosecond, so that 2999.9999999996 is 3000 and a half-open interval [0, 3000) leaves it out.
 * What is compared with each other must all have gone through here.
 */
export function toInstant(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}

/**
 * The spans of a line, kept for the next time: a line must not be changed after it was used; {@link amendLine} makes a
 * new one. Before its first piece the line is flat, as behind its last; an empty line is one span at 0.
 */
export function spansOf(line: readonly LinePiece[]): readonly Span[] {
  let spans = spansByLine.get(line);
  if (spans === undefined) {
    spans = planSpans(line);
    spansByLine.set(line, spans);
  }
  return spans;
}

function planSpans(line: readonly LinePiece[]): Span[] {
  const spans: Span[] = [];
  let atMs = 0;
  let value = line[0]?.from ?? 0;
  const stayUntil = (untilMs: number) => {
    if (untilMs > atMs) spans.push(flatSpan(value, atMs, untilMs));
  };
  for (const piece of line) {
    const beginMs = toInstant(piece.fromMs);
    const endMs = toInstant(piece.toMs);
    stayUntil(beginMs);
    if (endMs > beginMs) spans.push({ ...piece, beginMs, endMs });
    atMs = endMs;
    value = piece.to;
  }
  stayUntil(Number.POSITIVE_INFINITY);
  return spans;
}

function flatSpan(value: number, beginMs: number, endMs: number): Span {
  return { fromMs: beginMs, toMs: endMs, from: value, to: value, beginMs, endMs };
}

/** The position of the span that an instant lies in: the later one where two meet. */
export function spanIndexAt(spans: readonly Span[], instantMs: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (spans[middle]!.beginMs <= instantMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The value of a span at one of its instants. */
export function valueIn(span: Span, atMs: number): number {
  if (span.from === span.to) return span.from;
  const share = (atMs - span.fromMs) / (span.toMs - span.fromMs);
  return span.from + (span.to - span.from) * Math.min(1, Math.max(0, share));
}

/** A line's value: at a jump the one after it, before the first piece its `from`, behind the last its `to`. */
export function valueAt(line: readonly LinePiece[], atMs: number): number {
  const spans = spansOf(line);
  const instantMs = toInstant(atMs);
  return valueIn(spans[spanIndexAt(spans, instantMs)]!, instantMs);
}

/**
 * The line through stages, from its time 0. A stage of 0 ms makes no piece: the next one begins at the new value. When
 * there is no next one (or no stage at all) a piece of zero length says where the line stays.
 */
export function lineFromStages(start: number, stages: readonly Stage[]): LinePiece[] {
  const line: LinePiece[] = [];
  let fromMs = 0;
  let from = start;
  for (const { durationMs, target } of stages) {
    const toMs = toInstant(fromMs + durationMs);
    if (toMs > fromMs) line.push({ fromMs, toMs, from, to: target });
    fromMs = toMs;
    from = target;
  }
  if (line.at(-1)?.to !== from) line.push(stayAt(from, fromMs));
  return line;
}

/**
 * A ramp at so many a second, up or down; it ends at `to`. Where there is nothing to ramp, or the rate is infinite, it
 * is a piece of zero length: a jump.
 */
export function rampAtRate(ramp: { from: number; to: number; perSecond: number; fromMs: number }): LinePiece {
  const { from, to, perSecond, fromMs } = ramp;
  if (!(perSecond > 0)) throw new RangeError(`a ramp needs a rate above 0, not ${perSecond}`);
  const durationMs = (Math.abs(to - from) * 1000) / perSecond;
  // Not through toInstant: the slope would lose what the rounding took.
  return durationMs === 0 ? stayAt(to, fromMs) : { fromMs, toMs: fromMs + durationMs, from, to };
}

/**
 * The line as it was before `atMs`, and `tail` from there on, whose first piece begins at `atMs`. Without a tail the line
 * stays at the value it has there. The line given is left as it is.
 */
export function amendLine(line: readonly LinePiece[], atMs: number, tail: readonly LinePiece[]): LinePiece[] {
  const instantMs = toInstant(atMs);
  const kept: LinePiece[] = [];
  for (const span of spansOf(line)) {
    if (span.beginMs >= instantMs) break;
    const { fromMs, toMs, from, to } = span;
    if (span.endMs <= instantMs) kept.push({ fromMs, toMs, from, to });
    else kept.push({ fromMs, toMs: atMs, from, to: valueIn(span, atMs) });
  }
  return tail.length > 0 ? [...kept, ...tail] : [...kept, stayAt(valueAt(line, atMs), atMs)];
}

/**
 * The line without what lies behind an instant, except for the piece that leads to it: from that instant on it is the
 * same, and so is the jump, if there is one, at the instant itself.
 */
export function dropPast(line: readonly LinePiece[], beforeMs: number): LinePiece[] {
  const instantMs = toInstant(beforeMs);
  let first = 0;
  for (const [index, { fromMs, toMs }] of line.entries()) {
    if (toInstant(toMs) > instantMs) break;
    // Jumps say what comes after them, and nothing of what led there.
    if (toInstant(toMs) > toInstant(fromMs)) first = index;
  }
  return line.slice(first);
}

/** The largest value a line takes, or comes up to before a jump, from its time 0 on. */
export function largestValue(line: readonly LinePiece[]): number {
  return spansOf(line).reduce((largest, { from, to }) => Math.max(largest, from, to), 0);
}

function stayAt(value: number, atMs: number): LinePiece {
  return { fromMs: atMs, toMs: atMs, from: value, to: value };
}
