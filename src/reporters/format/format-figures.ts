import { padEnd, truncateText, widthOf } from './pad-text.js';

/** A name and what it stands at. */
export interface Figure {
  label: string;
  value: string;
  /** Colours the value. */
  paint?: (text: string) => string;
}

/** Values have this much room, so that figures stay in their places while digits come and go. */
const VALUE_WIDTH = 9;
const LEAST_GAP = 2;
const MOST_GAP = 5;

/**
 * Figures in a grid, as many beside each other as fit: each stays where it is from second to second, so that it can be
 * watched. `paintLabel` colours their names.
 */
export function formatFigures(
  figures: readonly Figure[],
  { maxWidth, paintLabel }: { maxWidth: number; paintLabel: (text: string) => string },
): string[] {
  const { widths, gap } = planGrid(figures, maxWidth);
  const lines: string[] = [];
  for (let from = 0; from < figures.length; from += widths.length) {
    const cells = figures.slice(from, from + widths.length).map((figure, column) => {
      const { label, value } = widths[column]!;
      const isLast = column === widths.length - 1 || from + column === figures.length - 1;
      const shown = truncateText(figure.value, Math.max(1, maxWidth - label - 1));
      const pad = isLast ? '' : ' '.repeat(Math.max(0, value + gap - widthOf(shown)));
      return `${paintLabel(padEnd(figure.label, label))} ${figure.paint?.(shown) ?? shown}${pad}`;
    });
    lines.push(cells.join(''));
  }
  return lines;
}

interface Widths {
  label: number;
  value: number;
}

/** As many columns as fit, and then no more than it takes for as many rows. */
function planGrid(figures: readonly Figure[], maxWidth: number): { widths: Widths[]; gap: number } {
  for (let count = figures.length; count > 1; count--) {
    const columns = Math.ceil(figures.length / Math.ceil(figures.length / count));
    const widths = measureColumns(figures, columns);
    const spare = maxWidth - totalOf(widths);
    if (columns === 1 || spare < LEAST_GAP * (columns - 1)) continue;
    return { widths, gap: Math.min(MOST_GAP, Math.floor(spare / (columns - 1))) };
  }
  return { widths: measureColumns(figures, 1), gap: 0 };
}

function measureColumns(figures: readonly Figure[], columns: number): Widths[] {
  return Array.from({ length: columns }, (_, column) => {
    const own = figures.filter((_figure, index) => index % columns === column);
    return {
      label: own.reduce((width, { label }) => Math.max(width, widthOf(label)), 0),
      value: own.reduce((width, { value }) => Math.max(width, widthOf(value)), VALUE_WIDTH),
    };
  });
}

function totalOf(widths: readonly Widths[]): number {
  return widths.reduce((sum, { label, value }) => sum + label + 1 + value, 0);
}
