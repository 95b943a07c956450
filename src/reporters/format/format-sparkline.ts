const LEVELS = '▁▂▃▄▅▆▇█';

/** One second of a line over time; undefined where nothing was measured. */
export interface SparkPoint {
  second: number;
  value: number | undefined;
}

export interface SparklineOptions {
  /** Characters at most; where there are more seconds, one character stands for several. */
  maxWidth: number;
  /** What stands for several seconds: of rates their mean, of percentiles, which have none, the greatest. */
  join: 'mean' | 'greatest';
}

/** Values over time, each as a block as high as its share of the greatest one; a gap where nothing was measured. */
export function formatSparkline(points: readonly SparkPoint[], { maxWidth, join }: SparklineOptions): string {
  const values = joinSeconds(points, Math.max(1, maxWidth), join);
  const greatest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return values.map((value) => (value === undefined ? ' ' : levelOf(value, greatest))).join('');
}

function levelOf(value: number, greatest: number): string {
  const level = greatest === 0 ? 0 : Math.floor((value / greatest) * LEVELS.length);
  return LEVELS[Math.min(level, LEVELS.length - 1)]!;
}

/** Groups begin at the same seconds whenever they are drawn, or else the line would flicker. */
function joinSeconds(points: readonly SparkPoint[], width: number, join: SparklineOptions['join']) {
  const first = points[0]?.second ?? 0;
  const last = points.at(-1)?.second ?? -1;
  const size = sizeOfGroups(last - first + 1, width);
  const groups: (number | undefined)[][] = [];
  const firstGroup = Math.floor(first / size);
  for (const { second, value } of points) {
    const index = Math.floor(second / size) - firstGroup;
    groups[index] = [...(groups[index] ?? []), value];
  }
  // A second that is missing was skipped by nobody: it is a gap.
  return Array.from(groups, (values = []) => joinValues(values, join));
}

/** Small enough wherever the first group begins. */
function sizeOfGroups(seconds: number, width: number): number {
  if (seconds <= width) return 1;
  let size = 2;
  while (Math.ceil((seconds - 1) / size) + 1 > width && size < seconds) size++;
  return size;
}

function joinValues(values: readonly (number | undefined)[], join: SparklineOptions['join']): number | undefined {
  const measured = values.filter((value) => value !== undefined);
  if (measured.length === 0) return undefined;
  if (join === 'greatest') return Math.max(...measured);
  return measured.reduce((sum, value) => sum + value, 0) / measured.length;
}
