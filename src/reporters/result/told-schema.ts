import * as z from 'zod';
import { bucketsSchema, timeFields } from './time-schema.js';

const count = () => z.number();

const timingFields = {
  entry: z.string().describe('Its name: db. "(other entries)" holds all past the 20th of a request name.'),
  count: count().describe('Responses that had it.'),
  timed: count().describe('Those of them that gave a dur.'),
  totalMs: z.number().describe('Sum of dur.'),
  timeShare: z
    .number()
    .optional()
    .describe('Part of the service time of the requests that had it, 0 to 1; above 1 where work goes on side by side.'),
  countShare: z.number().describe('Part of the completed requests that had it, 0 to 1.'),
  ...timeFields,
  descriptions: z
    .array(z.object({ description: z.string(), count: count() }))
    .describe('What desc said, the most frequent first. "(other descriptions)" holds all past the 20th.'),
  numbered: count().describe('Descriptions that begin with a number: "3 queries".'),
  meanNumber: z.number().optional().describe('The mean of these numbers.'),
  full: count().describe('Descriptions of the form "20 of 20".'),
};

/** An entry of `Server-Timing` whose distribution was not kept. */
const timingStatisticsSchema = z.object(timingFields);

const timingSchema = z
  .object({ ...timingFields, durations: bucketsSchema })
  .meta({ id: 'ServerTiming', description: 'One entry of Server-Timing; its times are those of dur, in ms.' });

const slowestSchema = z
  .array(
    z.object({
      traceId: z.string().describe('As its traceparent said.'),
      serviceMs: z.number(),
      status: z.number().describe('HTTP status; 0: no answer.'),
      finishedAtMs: z.number().describe('Since the start of the run.'),
      error: z.string().optional().describe('Why it failed.'),
    }),
  )
  .optional()
  .describe('The slowest of those that were sent with a trace (--trace), the slowest first.');

const about = 'What responses said in Server-Timing, by entry, the longest first; absent where they said nothing.';

/** What the target said of the requests of a name. */
export const toldFields = { serverTiming: z.array(timingSchema).optional().describe(about), slowest: slowestSchema };

export const toldStatisticsFields = {
  serverTiming: z.array(timingStatisticsSchema).optional().describe(about),
  slowest: slowestSchema,
};
