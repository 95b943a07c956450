import * as z from 'zod';

const ms = () => z.number();
const optionalMs = (about: string) => ms().optional().describe(about);

export const bucketsSchema = z.array(z.number().int().min(0)).meta({
  id: 'Buckets',
  description: 'A distribution: bucket, count, bucket, count, …, buckets rising. docs/results.md says how long one is.',
});

export const percentilesSchema = z
  .object({
    '50': optionalMs('Median.'),
    '66': optionalMs('66 %.'),
    '75': optionalMs('75 %.'),
    '80': optionalMs('80 %.'),
    '90': optionalMs('90 %.'),
    '95': optionalMs('95 %.'),
    '98': optionalMs('98 %.'),
    '99': optionalMs('99 %.'),
    '99.9': optionalMs('99.9 %.'),
    '99.99': optionalMs('99.99 %.'),
    '100': optionalMs('The greatest.'),
  })
  .meta({ id: 'Percentiles', description: 'Nearest-rank percentiles in ms; absent where nothing was measured.' });

/** Figures of times in ms; absent where nothing was measured. */
export const timeFields = {
  meanMs: optionalMs('Mean of what was measured.'),
  minMs: optionalMs('The least, exact.'),
  maxMs: optionalMs('The greatest, exact.'),
  medianMs: optionalMs('The same as percentile 50.'),
  percentiles: percentilesSchema,
};
