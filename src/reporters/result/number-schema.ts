import * as z from 'zod';
import { bucketsSchema, percentilesSchema, timeFields } from './time-schema.js';
import { toldFields, toldStatisticsFields } from './told-schema.js';

const ms = () => z.number();
const count = () => z.number();

export const distributionSchema = z
  .object({ ...timeFields, durations: bucketsSchema })
  .meta({ id: 'Distribution', description: 'Times in ms with their distribution.' });

const errorSchema = z.object({
  error: z.string().describe('Why requests failed.'),
  count: count().describe('How many did.'),
  firstSeenMs: ms().describe('Since the start of the run.'),
  lastSeenMs: ms().describe('Since the start of the run.'),
});

const countFields = {
  method: z.string().describe('Empty for all requests together.'),
  name: z.string().describe('Aggregated for all requests together.'),
  begun: count().describe('Handed to the network; completed + interrupted.'),
  completed: count().describe('Ended with an answer or a failure.'),
  failures: count().describe('Of the completed ones.'),
  interrupted: count().describe('Unanswered when the run stopped waiting; neither completed nor failed.'),
  failedShare: z.number().describe('failures / completed, 0 to 1.'),
  requestsPerSecond: z.number().describe('Over the whole run.'),
  failuresPerSecond: z.number().describe('Over the whole run.'),
  meanBytesReceived: z.number(),
  bytesReceived: z.number(),
  bytesSent: z.number(),
  reconnects: count().describe('Requests sent once more because an idle connection had been closed.'),
  hops: count().describe('Redirects that were followed.'),
  statuses: z.record(z.string(), count()).describe('Completed requests by HTTP status; 0: no answer.'),
  errors: z.array(errorSchema),
};

/** A request name whose distribution was not kept. */
export const statisticsSchema = z.object({
  ...countFields,
  ...timeFields,
  service: z.object(timeFields).optional().describe('Service times, where they differ from the response times.'),
  ...toldStatisticsFields,
});

/** A request name, or all of them: times are response times. */
export const rowSchema = z
  .object({
    ...countFields,
    ...timeFields,
    durations: bucketsSchema,
    service: distributionSchema.optional(),
    ...toldFields,
  })
  .meta({
    id: 'Row',
    description: 'A request name, or all of them. Its times are response times; service is there where they differ.',
  });

export const trendSchema = z
  .object({
    name: z.string(),
    count: count().describe('How often it was measured.'),
    ...timeFields,
    durations: bucketsSchema,
  })
  .meta({ id: 'Trend', description: 'Something that took time, in ms.' });

export const measureSchema = z
  .object({
    key: z.string().describe('Metric and labels: http_req_duration{name:02_product_list}.'),
    metric: z.string(),
    type: z.enum(['counter', 'gauge', 'rate', 'trend']),
    unit: z.string().optional().describe('If the scenario gave one.'),
    count: count().describe('Values recorded.'),
    sum: z.number().describe("Of the values: a counter's total, a rate's number of trues."),
    value: z.number().optional().describe("A rate's share of trues, a gauge's value over all workers."),
    perSecond: z.number().optional().describe("A counter's, over the whole run."),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    percentiles: percentilesSchema.optional().describe('Of a trend.'),
    durations: bucketsSchema.optional().describe('Of a trend.'),
  })
  .describe('What a threshold or a metric of the scenario counted apart.');
