import * as z from 'zod';
import { monitorsSchema } from './monitor-schema.js';
import { measureSchema, rowSchema, statisticsSchema, trendSchema } from './number-schema.js';
import { RESULT_FORMAT, RESULT_VERSION } from './result-format.js';
import {
  bottleneckSchema,
  findingSchema,
  generatorSchema,
  loadSchema,
  lostWorkerSchema,
  machineSchema,
  optionSchema,
  stopSchema,
  thresholdSchema,
} from './run-schema.js';
import { kindRatioSchema } from './task-schema.js';
import { bucketsSchema } from './time-schema.js';

const nameSchema = z
  .tuple([z.number().int(), z.number(), z.number(), z.number(), bucketsSchema])
  .describe('Position in timeline.series, completed, failures, sum of response times in ms, their distribution.');

const pointSchema = z.object({
  second: z.number().int().describe('First second of the run it covers.'),
  seconds: z.number().int().describe('How many it covers.'),
  users: z.number().describe('At work at its end.'),
  usersByLoad: z.record(z.string(), z.record(z.string(), z.number())).describe('The same, by load and kind.'),
  plannedUsers: z.number(),
  isPaused: z.boolean(),
  inFlight: z.number().describe('Requests unanswered at its end.'),
  oldestInFlightMs: z.number().describe('The greatest age of one.'),
  generator: z.enum(['healthy', 'strained', 'saturated']).describe('The worst of its seconds.'),
  utilisation: z.number().describe('Of the event loop of the busiest worker, 0 to 1; the greatest.'),
  addedLatencyMs: z.number().describe("99 % of what Loadwright itself added to requests' times; the greatest."),
  begun: z.number(),
  completed: z.number(),
  failures: z.number(),
  interrupted: z.number(),
  totalMs: z.number().describe('Sum of response times.'),
  minMs: z.number().optional(),
  maxMs: z.number().optional(),
  percentiles: z
    .object({ '50': z.number().optional(), '95': z.number().optional(), '99': z.number().optional() })
    .describe('Of response times, in ms.'),
  bytesReceived: z.number(),
  bytesSent: z.number(),
  statuses: z.record(z.string(), z.number()),
  iterations: z.number(),
  droppedIterations: z.number(),
  missedStarts: z.number(),
  startLagMaxMs: z.number().optional(),
  exceptions: z.number(),
  durations: bucketsSchema,
});

const namePointSchema = z.object({
  second: z.number().int().describe('First second of the run it covers.'),
  seconds: z.number().int().describe('How many it covers.'),
  names: z.array(nameSchema).describe('Only those that did something in it.'),
});

const timelineSchema = z
  .object({
    secondsPerPoint: z.number().int().describe('1, or a power of two in a long run.'),
    bucketWidth: z
      .number()
      .int()
      .default(1)
      .describe('1, or in a large run 16: so many buckets are one here, known by the one in their middle.'),
    countedFromSecond: z.number().int().describe('Totals begin here: 0, or the end of the ramp under --reset-stats.'),
    series: z.array(z.object({ method: z.string(), name: z.string() })),
    points: z.array(pointSchema),
    byName: z
      .object({
        secondsPerPoint: z.number().int().describe('1, or a power of two in a run that is long or has many names.'),
        points: z.array(namePointSchema),
      })
      .describe('What each name did; its points may be longer than those of the whole run.'),
  })
  .describe('The run over time.');

/**
 * What `--json` writes, version 1. Results that were written before a field was added have to be read as well: what comes
 * anew is optional, or has a default that is true of them.
 */
export const resultSchema = z
  .object({
    format: z.literal(RESULT_FORMAT),
    formatVersion: z.literal(RESULT_VERSION),
    version: z.string().describe('Of Loadwright.'),
    scenario: z.string(),
    host: z.string().optional(),
    startedAt: z.string().describe('Second 0, ISO 8601 in UTC.'),
    state: z
      .enum(['completed', 'stopped', 'incomplete'])
      .describe('incomplete: numbers are missing, because a worker was lost or the run was killed.'),
    stop: stopSchema.optional(),
    exitCode: z.number().int(),
    durationMs: z.number().describe('From second 0 to the instant after which nothing began.'),
    drainMs: z.number().describe('From there until the last request was answered or given up.'),
    seed: z.number(),
    workers: z.number().int().describe('Threads; 0: the thread of the caller.'),
    usersStarted: z.number().int(),
    machine: machineSchema,
    options: z.record(z.string(), optionSchema).describe('Every option by name.'),
    thresholds: z.array(thresholdSchema),
    finding: findingSchema.optional(),
    bottlenecks: z
      .array(bottleneckSchema)
      .optional()
      .describe('What held the target up, the gravest first. Absent where it was not looked for yet.'),
    verifyFailures: z.array(z.string()).optional().describe('What verify found wrong; absent without verify.'),
    generator: generatorSchema,
    total: rowSchema.describe('All requests together.'),
    requests: z.array(rowSchema).describe('Every method and name, sorted by name.'),
    outside: z.array(statisticsSchema).describe('Requests of setups, verify and teardowns, in none of the others.'),
    loads: z.array(loadSchema),
    taskRatios: z
      .array(kindRatioSchema)
      .optional()
      .describe('How often each task of each kind was to begin, and did. Absent where it was not counted yet.'),
    checks: z.array(z.object({ name: z.string(), passes: z.number(), failures: z.number(), passedShare: z.number() })),
    groups: z.array(trendSchema),
    iterations: trendSchema,
    startLag: trendSchema.describe('How late users and iterations started.'),
    interruptedIterations: z
      .number()
      .optional()
      .describe('Iterations that were cut off; not among `iterations`. Absent where they were not counted yet.'),
    droppedIterations: z.number(),
    missedStarts: z.number(),
    metrics: z.array(measureSchema),
    exceptions: z.array(
      z.object({
        message: z.string(),
        traceback: z.string(),
        nodes: z.array(z.string()),
        count: z.number(),
        firstSeenMs: z.number(),
        lastSeenMs: z.number(),
      }),
    ),
    monitors: monitorsSchema.optional().describe('What monitors measured beside the load; absent without any.'),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    lostWorkers: z.array(lostWorkerSchema),
    timeline: timelineSchema,
  })
  .describe('The result of a run of Loadwright: docs/results.md');

/** A run as `--json` writes it. Times are milliseconds; what was not measured is absent. */
export type ResultDocument = z.infer<typeof resultSchema>;
export type ResultRow = z.infer<typeof rowSchema>;
export type ResultTrend = z.infer<typeof trendSchema>;
export type ResultMeasure = z.infer<typeof measureSchema>;
export type ResultLoad = z.infer<typeof loadSchema>;
export type ResultPoint = z.infer<typeof pointSchema>;
export type NamePoint = z.infer<typeof namePointSchema>;
export type NameFigures = z.infer<typeof nameSchema>;
export type ResultTimeline = z.infer<typeof timelineSchema>;
