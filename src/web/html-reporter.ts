import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { escapeText } from '../reporters/format/escape-text.js';
import type { Reporter } from '../reporters/reporter.js';
import { formatPageData } from './format-page-data.js';
import { formatHtmlDocument, type PageAssets } from './html-document.js';
import { PageModel } from './page-model.js';

export interface HtmlOptions {
  /** The file to write; its folder is made. */
  path: string;
}

/**
 * Writes the report of a run as a page (`--html`): one HTML file with everything in it, which opens from disk, sends no
 * request and needs no server. docs/html-report.md shows it.
 *
 * What people get wrong: it is for people to read. Programs take the JSON or CSV files; what stands in the page for its
 * script may change with any version.
 *
 * It is written when the run has ended, also when it was stopped early. A run that was killed leaves none; make it from
 * the recording.
 *
 * @example
 * ```ts
 * import { createHtmlReporter, run } from 'loadwright/node';
 * await run({ script: './stock.ts', reporters: [createHtmlReporter({ path: 'results/stock.html' })] });
 * ```
 */
export function createHtmlReporter({ path }: HtmlOptions): Reporter {
  const model = new PageModel();
  let hasEnded = false;
  return {
    name: 'HTML',
    onEvent(event, totals) {
      // A folder that cannot be made is known before the run is over.
      if (event.type === 'run-started') mkdirSync(dirname(path), { recursive: true });
      if (event.type === 'run-finished') hasEnded = true;
      model.onEvent(event, totals);
    },
    finish() {
      const page = model.read();
      if (page === undefined || !hasEnded) return;
      const title = `${escapeText(page.run.scenario)} · Loadwright`;
      const document = formatHtmlDocument({ title, data: formatPageData(page), ...readAssets() });
      // A reader sees the old file or the new one.
      const unfinished = `${path}.tmp`;
      writeFileSync(unfinished, document);
      renameSync(unfinished, path);
    },
  };
}

/** The build puts them here, seen from the source and from what it builds. */
function readAssets(): PageAssets {
  const read = (file: string) => readFileSync(new URL(`../../dist/web/${file}`, import.meta.url), 'utf8');
  return { script: read('page.js'), style: read('page.css') };
}
