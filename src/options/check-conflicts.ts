import { LoadwrightError } from '../errors.js';
import type { LayerName, OptionName, OptionValues } from './resolved-options.js';

interface Resolving {
  values: OptionValues;
  origins: Record<OptionName, { layer: LayerName; origin: string }>;
}

/** Refuses values that are right alone and make no sense together; each message says where both came from. */
export function checkConflicts({ values, origins }: Resolving): void {
  if (values.csvFullHistory && values.csv === undefined) {
    throw new LoadwrightError('ERR_OPTION_CONFLICT', {
      message: `"csvFullHistory" (from ${origins.csvFullHistory.origin}) adds rows to CSV files, but "csv" is not given.`,
      hint: '--csv results/load_test --csv-full-history',
    });
  }
  const both = values.tags.filter((tag) => values.excludeTags.includes(tag));
  if (both.length > 0) {
    throw new LoadwrightError('ERR_OPTION_CONFLICT', {
      message:
        `The tag "${both[0]}" is chosen by "tags" (from ${origins.tags.origin}) and left out by "excludeTags" ` +
        `(from ${origins.excludeTags.origin}).`,
      hint: `Remove it from one of --tags and --exclude-tags.`,
    });
  }
  if (values.debug && values.workers !== undefined && values.workers > 1) {
    throw new LoadwrightError('ERR_OPTION_CONFLICT', {
      message:
        `"debug" (from ${origins.debug.origin}) runs one user in one thread, but "workers" is ${values.workers} ` +
        `(from ${origins.workers.origin}).`,
      hint: '--debug, without --workers',
    });
  }
}
