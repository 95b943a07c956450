import { expect } from 'vitest';
import type { PageData } from '../../src/web/page-data.js';

/** What a page was given to show. */
export function readPageData(html: string): PageData {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)![1]!;
  return JSON.parse(text) as PageData;
}

/** The lines of a part of the report on the terminal, below its title. */
export function readSection(report: string, title: string): string[] {
  const lines = report.split('\n');
  const from = lines.indexOf(title);
  if (from < 0) throw new Error(`The report has no part "${title}".`);
  return lines.slice(from + 1, lines.indexOf('', from));
}

/** What stands behind a name in its line: numbers, and `-` where nothing was measured. */
export function readFiguresBehind(lines: readonly string[], name: string): string[] {
  const found = lines.filter((line) => line.includes(name));
  if (found.length !== 1) throw new Error(`"${name}" is in ${found.length} lines.`);
  const rest = found[0]!.slice(found[0]!.indexOf(name) + name.length);
  return rest.match(/\d[\d,]*(?:\.\d+)?|-/g) ?? [];
}

/** The rows of a table in Markdown that follows a title, as a reader sees their cells. */
export function readMarkdownRows(markdown: string, title: string): string[][] {
  const lines = markdown
    .slice(markdown.indexOf(`### ${title}\n`))
    .split('\n')
    .slice(1);
  const rows = lines.slice(lines.findIndex((line) => line.startsWith('| :--')) + 1);
  return rows.slice(0, rows.indexOf('')).map((row) => row.slice(2, -2).split(' | ').map(unescapeMarkdown));
}

export function unescapeMarkdown(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/** All that a form of a run holds of a distribution, added up bucket by bucket. */
export function addBuckets(parts: readonly (readonly number[])[]): number[] {
  const counts = new Map<number, number>();
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) counts.set(part[at]!, (counts.get(part[at]!) ?? 0) + part[at + 1]!);
  }
  return [...counts].sort(([a], [b]) => a - b).flat();
}

/** The percentile of a distribution, as docs/results.md has it. */
export function readPercentile(buckets: readonly number[], percentile: number): number {
  let left = Math.ceil((percentile * sumCounts(buckets)) / 100 - 1e-9);
  let at = 0;
  for (left -= buckets[1]!; left > 0; left -= buckets[at + 1]!) at += 2;
  const bucket = buckets[at]!;
  const doublings = Math.max(0, Math.floor(bucket / 1024) - 1);
  const width = 2 ** doublings;
  return ((bucket - 1024 * doublings) * width + (width - 1) / 2) / 10_000;
}

export function sumCounts(buckets: readonly number[]): number {
  return buckets.reduce((sum, count, at) => (at % 2 === 1 ? sum + count : sum), 0);
}

/** A number as a form states it: right to its last digit, and with enough digits to be within 5 % of what it is. */
export function expectStated(text: string | undefined, value: number | undefined, what: string): void {
  if (value === undefined) {
    expect(text, what).toMatch(/^(?:-|N\/A)$/);
    return;
  }
  const stated = Number(text?.replaceAll(',', ''));
  const digits = /\.(\d+)$/.exec(text ?? '')?.[1]?.length ?? 0;
  const allowed = Math.min(0.5 * 10 ** -digits, Math.max(0.05 * Math.abs(value), 0.005)) + 1e-9;
  expect(Math.abs(stated - value), `${what}: ${text} for ${value}`).toBeLessThanOrEqual(allowed);
}

export function expectAllStated(
  texts: readonly (string | undefined)[],
  values: readonly (number | undefined)[],
  what: string,
) {
  expect(texts, what).toHaveLength(values.length);
  for (const [index, value] of values.entries()) expectStated(texts[index], value, `${what}, figure ${index}`);
}
