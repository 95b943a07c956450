import { pathToFileURL } from 'node:url';
import { createHtmlReporter } from '../../src/web/html-reporter.js';
import type { SyntheticRun } from './run-events.js';

type Listen = ConstructorParameters<typeof SyntheticRun>[0];

/** Writes the page of a run that is told, and gives its address. */
export async function writePage(path: string, tell: (listen: Listen) => unknown): Promise<string> {
  const reporter = createHtmlReporter({ path });
  tell((event, totals) => reporter.onEvent(event, totals));
  await reporter.finish?.();
  return pathToFileURL(path).href;
}
