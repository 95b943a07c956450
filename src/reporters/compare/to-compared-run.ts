import type { ComparedName, ComparedRun } from '../../metrics/compare/compare-runs.js';
import type { RowPoint, RowSeries } from '../../metrics/compare/measure-row.js';
import type { NameFigures, ResultDocument, ResultPoint } from '../result/result-schema.js';

/** A run as it is compared, point by point of its timeline; under `--reset-stats` from the end of its ramp on. */
export function toComparedRun({ timeline, durationMs, generator }: ResultDocument): ComparedRun {
  const { countedFromSecond, series } = timeline;
  const spanOf = (points: readonly { second: number }[]) => {
    return { pointCount: points.length, durationMs: durationMs - (points[0]?.second ?? 0) * 1000 };
  };
  const counted = timeline.points.filter(({ second }) => second >= countedFromSecond);
  const namePoints = timeline.byName.points.filter(({ second }) => second >= countedFromSecond);
  const nameSpan = spanOf(namePoints);
  const byName = series.map((): { at: number; figures: NameFigures }[] => []);
  for (const [at, { names }] of namePoints.entries()) {
    for (const figures of names) byName[figures[0]]?.push({ at, figures });
  }
  return {
    isReliable: generator.verdict !== 'saturated',
    total: { ...spanOf(counted), points: counted.map((point, at) => ({ at, ...pick(point) })) },
    names: series.flatMap(({ method, name }, index): ComparedName[] => {
      const entries = byName[index]!;
      if (!entries.some(({ figures: [, completed] }) => completed > 0)) return [];
      return [{ method, name, read: () => readSeries(entries, nameSpan) }];
    }),
  };
}

function pick({ completed, failures, totalMs, durations }: ResultPoint): Omit<RowPoint, 'at'> {
  return { completed, failures, totalMs, durations };
}

function readSeries(
  entries: readonly { at: number; figures: NameFigures }[],
  span: Pick<RowSeries, 'pointCount' | 'durationMs'>,
): RowSeries {
  const points = entries.map(({ at, figures: [, completed, failures, totalMs, durations] }) => {
    return { at, completed, failures, totalMs, durations };
  });
  return { ...span, points };
}
