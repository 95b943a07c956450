import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { createPalette, isColorWanted } from '../../reporters/color.js';
import { compareOpened } from '../../reporters/compare/comparison-report.js';
import { formatComparison } from '../../reporters/compare/format-comparison.js';
import { formatComparisonJson } from '../../reporters/compare/format-comparison-json.js';
import { formatComparisonMarkdown } from '../../reporters/compare/format-comparison-markdown.js';
import { openRun } from '../../reporters/compare/open-run.js';
import { commandNamed } from '../command-table.js';
import { parseCommandLine } from '../parse-command-line.js';

const STANDARD_OUTPUT = '-';
const DEFAULT_TOLERANCE = '10';
const PLAIN_COLUMNS = 80;
const LEAST_COLUMNS = 40;
const EXAMPLE = 'loadwright compare baseline/result.json candidate/result.json --tolerance 10';

/** `loadwright compare <baseline> <candidate>`: what got better or worse; 99 if something is worse beyond `--tolerance`. */
export async function compareCommand(words: readonly string[]): Promise<number> {
  const line = parseCommandLine(words, commandNamed('compare')!);
  const [first, second] = readPaths(line.words);
  const tolerance = parseTolerance(line.own.tolerance ?? DEFAULT_TOLERANCE);
  const report = compareOpened(await openRun(first), await openRun(second), tolerance);
  const forms = [
    { path: line.own.markdown, format: () => formatComparisonMarkdown(report) },
    { path: line.own.json, format: () => formatComparisonJson(report) },
  ];
  const isPiped = forms.some(({ path }) => path === STANDARD_OUTPUT);
  if (!isPiped) {
    const { columns = PLAIN_COLUMNS } = process.stdout;
    const palette = createPalette(isColorWanted(process.stdout, process.env));
    const lines = formatComparison(report, Math.max(LEAST_COLUMNS, columns), palette);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  for (const { path, format } of forms) {
    if (path === STANDARD_OUTPUT) process.stdout.write(format());
    else if (typeof path === 'string') writeReport(path, format());
  }
  return report.comparison.verdict === 'regression' ? 99 : 0;
}

function readPaths([baseline, candidate, surplus]: readonly string[]): [string, string] {
  if (baseline !== undefined && candidate !== undefined && surplus === undefined) return [baseline, candidate];
  const found =
    surplus === undefined
      ? `${baseline === undefined ? 'none was' : `only ${baseline} was`} given`
      : `"${surplus}" follows them`;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"compare" needs two results, the baseline and the candidate, but ${found}.`,
    hint: EXAMPLE,
  });
}

/** Percent, with or without the sign; under 1 % nothing is told apart. */
function parseTolerance(given: string | boolean): number {
  const text = String(given).trim();
  const percent = /^\d+(?:\.\d+)?\s*%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (percent >= 1 && percent <= 100) return percent / 100;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"tolerance" must be a number of percent from 1 to 100, but --tolerance gave "${text}".`,
    hint: '--tolerance 10',
  });
}

function writeReport(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new LoadwrightError('ERR_REPORT_FAILED', {
      message: `The comparison cannot be written to ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      hint: '--markdown comparison.md',
      cause: error,
    });
  }
  process.stderr.write(`Wrote ${path}\n`);
}
