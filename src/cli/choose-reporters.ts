import type { ResolvedOptions } from '../options/resolved-options.js';
import { isColorWanted } from '../reporters/color.js';
import { createCsvReporter } from '../reporters/csv.js';
import { createFanOut } from '../reporters/fan-out.js';
import { createLogFileReporter } from '../reporters/log-file.js';
import type { Reporter } from '../reporters/reporter.js';
import { createTerminalReporter } from '../reporters/terminal.js';
import type { RunListener } from '../runtime/conductor/run-request.js';

/** The reporters the options ask for. The terminal hears everything last, so that it can name one that failed. */
export function chooseReporters({ values }: ResolvedOptions): RunListener {
  const reporters: Reporter[] = [];
  if (values.csv !== undefined) {
    reporters.push(createCsvReporter({ prefix: values.csv, fullHistory: values.csvFullHistory }));
  }
  if (values.logFile !== undefined) {
    const { logFile: path, logLevel: level, logFileLimit: limitBytes } = values;
    reporters.push(createLogFileReporter({ path, level, limitBytes }));
  }
  reporters.push(
    createTerminalReporter({
      stream: process.stdout,
      onlySummary: values.onlySummary,
      logLevel: values.logLevel,
      color: isColorWanted(process.stdout, process.env),
    }),
  );
  return createFanOut(reporters);
}
